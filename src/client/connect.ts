import { Client, Connection, type ConnectionOptions } from '@temporalio/client';
import { TunewrightError } from '../contract/errors.ts';

/** How to reach the Temporal cluster. */
export interface TemporalAddress {
  /** `host:port`. */
  address: string;
  namespace: string;
  apiKey?: string | undefined;
  tls?: ConnectionOptions['tls'];
}

/** Of a Temporal server on this machine, at its own default port. */
export const defaultAddress = '127.0.0.1:7233';

const connectMs = 5_000;

/** Connects to Temporal. Throws `temporal_unreachable`. */
export async function connect({ address, namespace, apiKey, tls }: TemporalAddress): Promise<Client> {
  try {
    const connection = await Connection.connect({
      address,
      connectTimeout: connectMs,
      ...(apiKey ? { apiKey } : {}),
      ...(tls === undefined ? {} : { tls }),
    });
    return new Client({ connection, namespace });
  } catch (cause) {
    throw unreachable(address, cause);
  }
}

export function unreachable(address: string, cause: unknown): TunewrightError {
  return new TunewrightError('temporal_unreachable', `Temporal cannot be reached at ${address}.`, {
    advice: 'Start the embedded stack with `tunewright up`, or set TEMPORAL_ADDRESS to your cluster.',
    retry: 'yes',
    cause,
  });
}
