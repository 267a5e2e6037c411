import { standInConnection, standInKeyEnv } from '../../../src/platforms/registry.ts';
import { runsConform } from '../runs.ts';

// An endpoint that differs as Nebius Token Factory does by its documents: jobs keep no metadata and name no model, a
// checkpoint is made one, and hyperparameters are numbers. The simulator plays it.
runsConform('an endpoint whose checkpoints are made models', false, async () => ({
  connection: (url) => ({
    ...standInConnection(url),
    apiKeyEnv: standInKeyEnv,
    timeoutSeconds: 5,
    checkpointModels: url.replace(/v1$/, 'v0/models'),
    lacks: ['metadata', 'pause', 'batches', 'auto'],
    learningRate: 1e-5,
    hyperparameters: { lora: true },
  }),
  config: {},
  options: { modelNameMs: Number.MAX_SAFE_INTEGER },
  keepsKeys: false,
  close: async () => {},
}));
