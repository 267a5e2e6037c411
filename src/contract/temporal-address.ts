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

export function unreachable(address: string, cause: unknown): TunewrightError {
  return new TunewrightError('temporal_unreachable', `Temporal cannot be reached at ${address}.`, {
    advice:
      'Start the embedded stack with `tunewright up`, or set TEMPORAL_ADDRESS to your cluster. Where it is set, check that the cluster is up and which TLS, certificates or API key it wants.',
    retry: 'yes',
    cause,
  });
}

/** Of a cluster that answers, and takes no calls of this client. */
export function refusedByTemporal(why: string, cause: unknown): TunewrightError {
  return new TunewrightError('forbidden', `Temporal refuses this client: ${why}`, {
    advice: 'Check TEMPORAL_API_KEY, the certificates and the namespace.',
    cause,
  });
}

/** Of a Temporal server on this machine, at its own default port. */
export const defaultAddress = '127.0.0.1:7233';
