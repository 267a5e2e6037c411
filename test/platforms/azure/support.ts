import { type Connections, standInConnection } from '../../../src/platforms/registry.ts';

/** A connection to the simulator's Azure side: both of its planes are below its address. */
export function azureConnection(simulatorUrl: string, changes: Record<string, unknown> = {}): Connections[string] {
  const endpoint = new URL(simulatorUrl).origin;
  const { catalogue, simulated, listLagSeconds } = standInConnection(simulatorUrl);
  return {
    platform: 'azure',
    endpoint,
    apiKeyEnv: 'OPENAI_API_KEY',
    management: {
      subscription: 's',
      resourceGroup: 'g',
      account: 'a',
      url: endpoint,
      tokenEnv: 'OPENAI_API_KEY',
    },
    webhookSecretEnv: 'HOOK_SECRET',
    timeoutSeconds: 60,
    catalogue,
    simulated,
    listLagSeconds,
    ...changes,
  };
}
