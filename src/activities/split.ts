import type { Method, RunConfig } from '../contract/config.ts';
import type { DataSummary } from '../contract/run.ts';
import { type DatasetPart, type DatasetParts, splitDataset } from '../datasets/index.ts';
import { beating } from './context.ts';
import type { Dependencies } from './dependencies.ts';
import { type InspectedData, warningLines } from './inspect.ts';

export interface SplitInput {
  connection: string;
  model: string;
  method: Method;
  sources: InspectedData;
  split: RunConfig['split'];
}

export interface SplitData extends Omit<DatasetParts, 'problems'> {
  summary: DataSummary;
}

const nothing = { examples: 0, tokens: 0 };

export function splitActivities({ platforms, store }: Dependencies) {
  return {
    /** Sets validation and held-out examples aside where no file of one's own was given: seeded, so always the same. */
    async splitData({ connection, model, method, sources, split }: SplitInput): Promise<SplitData> {
      const { validation, test, seed, ...fields } = split;
      const platform = platforms.get(connection);
      const encoding = platform.catalogueEntry(model)?.encoding;
      const { problems, ...parts } = await beating(
        () => ({}),
        async (signal) =>
          await splitDataset(
            {
              train: await store.path(sources.train),
              ...(sources.validation ? { validation: await store.path(sources.validation) } : {}),
              ...(sources.test ? { test: await store.path(sources.test) } : {}),
              method,
              shares: { validation, test },
              seed,
              fields,
              minimumExamples: platform.minimumExamples,
              ...(encoding ? { encoding } : {}),
              signal,
            },
            store,
          ),
      );
      const counts = ({ examples, tokens }: Pick<DatasetPart, 'examples' | 'tokens'>) => ({ examples, tokens });
      return {
        ...parts,
        summary: {
          train: counts(parts.train),
          validation: parts.validation ? counts(parts.validation) : nothing,
          test: { ...counts(parts.test), answerTokens: parts.test.answerTokens },
          warnings: [...sources.warnings, ...warningLines('split', problems)],
        },
      };
    },
  };
}
