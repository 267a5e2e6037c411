import { standInConnection, standInKeyEnv } from '../../../src/platforms/registry.ts';
import { runsConform } from '../runs.ts';

runsConform('openai', false, async () => ({
  connection: (url) => ({ ...standInConnection(url), apiKeyEnv: standInKeyEnv, timeoutSeconds: 60 }),
  config: {},
  close: async () => {},
}));
