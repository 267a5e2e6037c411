import { type Connections, standInConnection, standInKeyEnv } from '../../../src/platforms/registry.ts';

/** A connection to the simulator's Azure side: both of its planes are below its address. */
export function azureConnection(simulatorUrl: string, changes: Record<string, unknown> = {}): Connections[string] {
  return connection(simulatorUrl, 'OPENAI_API_KEY', changes);
}

/** The same, with the key that a whole pipeline has. */
export function azureStandIn(simulatorUrl: string, changes: Record<string, unknown> = {}): Connections[string] {
  return connection(simulatorUrl, standInKeyEnv, changes);
}

function connection(simulatorUrl: string, keyEnv: string, changes: Record<string, unknown>): Connections[string] {
  const endpoint = new URL(simulatorUrl).origin;
  const { catalogue, simulated, listLagSeconds } = standInConnection(simulatorUrl);
  return {
    platform: 'azure',
    endpoint,
    apiKeyEnv: keyEnv,
    management: {
      subscription: 's',
      resourceGroup: 'g',
      account: 'a',
      url: endpoint,
      tokenEnv: keyEnv,
    },
    webhookSecretEnv: 'HOOK_SECRET',
    timeoutSeconds: 60,
    catalogue,
    simulated,
    listLagSeconds,
    ...changes,
  };
}
