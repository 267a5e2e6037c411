import type { ConnectionOptions } from '@temporalio/client';

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
