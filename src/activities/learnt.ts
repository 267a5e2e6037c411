import type { ArtifactRef } from '../contract/artifact.ts';
import type { Method } from '../contract/config.ts';
import { TunewrightError } from '../contract/errors.ts';
import type { ModelVersion } from '../contract/registry.ts';
import { promptKey, readQuestions } from '../datasets/index.ts';
import type { RunReport } from '../evaluation/index.ts';
import type { Records } from '../records/index.ts';
import type { Dependencies } from './dependencies.ts';

/** Examples of a held-out file that are asked. */
export interface Asked {
  test: ArtifactRef;
  method: Method;
  examples: number;
}

/**
 * How many of the examples that are asked a registered version was trained on. Undefined where there is none, and where what it
 * was trained on is not known, or not at hand any more: that keeps no comparison from being made.
 */
export async function learntBy(
  { records, store }: Pick<Dependencies, 'records' | 'store'>,
  find: (records: Records) => Promise<ModelVersion | undefined>,
  { test, method, examples }: Asked,
): Promise<number | undefined> {
  try {
    const lineage = (await find(await records()))?.lineage;
    if (!lineage || lineage.adopted || !lineage.report) return undefined;
    const { sources, config } = JSON.parse(await store.readText(lineage.report)) as RunReport;
    const known = new Set<string>();
    for await (const { messages } of readQuestions(store.read(sources.train), config.method)) {
      known.add(promptKey(messages));
    }
    let learnt = 0;
    for await (const { index, messages } of readQuestions(store.read(test), method)) {
      if (index >= examples) break;
      if (known.has(promptKey(messages))) learnt += 1;
    }
    return learnt;
  } catch (error) {
    if (error instanceof TunewrightError) return undefined;
    throw error;
  }
}
