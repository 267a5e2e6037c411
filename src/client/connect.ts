import { Client, Connection } from '@temporalio/client';
import { TunewrightError } from '../contract/errors.ts';
import { checkAddress, type TemporalAddress } from '../contract/temporal-address.ts';

const connectMs = 5_000;

/** Connects to Temporal. Throws `temporal_unreachable`, `invalid_config`. */
export async function connect({ address, namespace, apiKey, tls }: TemporalAddress): Promise<Client> {
  checkAddress(address);
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
    advice:
      'Start the embedded stack with `tunewright up`, or set TEMPORAL_ADDRESS to your cluster. Where it is set, check that the cluster is up and which TLS, certificates or API key it wants.',
    retry: 'yes',
    cause,
  });
}
