import type { ConnectionOptions } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { TunewrightError } from '../contract/errors.ts';

/** What Temporal's own variables (`TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, …) and profile file say; absent where they say nothing. */
export interface TemporalEnvironment {
  address: string | undefined;
  namespace: string | undefined;
  apiKey: string | undefined;
  tls: ConnectionOptions['tls'];
}

/** Reads them by `@temporalio/envconfig`, as all of Temporal's tools do. Throws `invalid_config`. */
export function temporalEnvironment(env: NodeJS.ProcessEnv): TemporalEnvironment {
  const overrideEnvVars: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) if (value !== undefined) overrideEnvVars[name] = value;
  try {
    const { connectionOptions, namespace } = loadClientConnectConfig({ overrideEnvVars });
    const { address, apiKey, tls } = connectionOptions;
    return { address, namespace, apiKey: typeof apiKey === 'string' ? apiKey : undefined, tls };
  } catch (cause) {
    const message = `Temporal's configuration cannot be read: ${(cause as Error).message}`;
    throw new TunewrightError('invalid_config', message, {
      advice: 'Check TEMPORAL_CONFIG_FILE, TEMPORAL_PROFILE and the other TEMPORAL_ variables.',
      cause,
    });
  }
}
