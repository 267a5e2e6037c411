/** Holds the key of the embedded platform; any key is taken there. */
export const standInKeyEnv = 'TUNEWRIGHT_SIMULATOR_KEY';

const madeUp = { checked: '2026-11-01', source: 'made up for the simulation' };

/**
 * The connection to the embedded platform, which speaks the fine-tuning protocol of the first platform. Its model is a
 * stand-in without a date of death; its prices are made up, at the size of a small model's, so that budgets can be tried.
 */
export function standInConnection(baseURL: string) {
  return {
    platform: 'openai',
    baseURL,
    apiKeyEnv: standInKeyEnv,
    simulated: true,
    // Its listings do not lag, unless a fault is switched on.
    listLagSeconds: 1,
    catalogue: {
      // As many as the machine bears.
      limits: { jobsAtOnce: null },
      models: [
        {
          id: 'stand-in-mini',
          methods: ['supervised', 'dpo', 'reinforcement'],
          encoding: 'o200k_base',
          trainingContextTokens: 65_536,
          prices: { training: 5, input: 0.8, output: 3.2, ...madeUp },
        },
        {
          id: 'stand-in-judge',
          methods: [],
          encoding: 'o200k_base',
          trainingContextTokens: 65_536,
          prices: { training: 0, input: 0.8, output: 3.2, ...madeUp },
        },
      ],
    },
  };
}
