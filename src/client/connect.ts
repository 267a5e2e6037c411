import { Client, Connection, ServiceError } from '@temporalio/client';
import { TunewrightError } from '../contract/errors.ts';
import { checkAddress, type TemporalAddress, unreachable } from '../contract/temporal-address.ts';
import { serviceError } from './failures.ts';

const connectMs = 5_000;

/** Connects to Temporal. Throws `temporal_unreachable`, `forbidden`, `invalid_config`. */
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
    const named = cause instanceof ServiceError ? serviceError(cause, address) : cause;
    throw named instanceof TunewrightError ? named : unreachable(address, cause);
  }
}
