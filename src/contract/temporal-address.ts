import type { ConnectionOptions } from '@temporalio/client';
import { TunewrightError } from './errors.ts';

/** How to reach the Temporal cluster. */
export interface TemporalAddress {
  /** `host:port`. */
  address: string;
  namespace: string;
  apiKey?: string | undefined;
  tls?: ConnectionOptions['tls'];
}

/** Throws `invalid_config` for what is no `host:port`. */
export function checkAddress(address: string): void {
  if (/^([\w.-]+|\[[\da-fA-F:.]+\])(:\d{1,5})?$/.test(address)) return;
  throw new TunewrightError('invalid_config', `"${address}" is no address of a Temporal cluster.`, {
    advice: 'Set TEMPORAL_ADDRESS, or the address of the profile, to HOST:PORT, without https:// and without a path.',
  });
}

/** Of a namespace that the cluster does not have. */
export function noNamespace(namespace: string, cause: unknown): TunewrightError {
  return new TunewrightError('invalid_config', `The Temporal cluster has no namespace "${namespace}".`, {
    advice: `Create it (temporal operator namespace create --namespace ${namespace}), or set TEMPORAL_NAMESPACE.`,
    cause,
  });
}

/** Of a Temporal server on this machine, at its own default port. */
export const defaultAddress = '127.0.0.1:7233';
