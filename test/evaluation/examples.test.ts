import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ArtifactStore, folderStore } from '../../src/artifacts/index.ts';
import { type ExampleOutcome, examplesOf } from '../../src/evaluation/examples.ts';
import { encodePredictions, type Prediction } from '../../src/evaluation/prediction.ts';
import type { RunReport } from '../../src/evaluation/report.ts';

let folder: string;
let store: ArtifactStore;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tunewright-examples-'));
  store = folderStore(folder);
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

const example = (question: string, answer: string) =>
  `${JSON.stringify({
    messages: [
      { role: 'user', content: question },
      { role: 'assistant', content: answer },
    ],
  })}\n`;
const said = (index: number, output: string | undefined, passed: boolean, changes: Partial<Prediction> = {}) => ({
  ...{ index, reference: 'yes', passed, inputTokens: 1, outputTokens: 1 },
  ...(output === undefined ? { error: { code: 'refused', message: 'No.' } } : { output }),
  ...changes,
});

/** What of a report is looked at. */
async function reportOf(tuned: Prediction[], base: Prediction[]): Promise<RunReport> {
  const evaluation = async (of: Prediction[]) => ({
    model: 'm',
    examples: of.length,
    predictions: await store.put(encodePredictions(of)),
  });
  return {
    config: { method: 'supervised' },
    sources: { test: await store.put(['a?', 'b?', 'c?', 'd?'].map((text) => example(text, 'yes')).join('')) },
    comparison: { tuned: await evaluation(tuned) },
    rivals: [{ role: 'base', evaluation: await evaluation(base) }],
  } as unknown as RunReport;
}

async function all(report: RunReport): Promise<ExampleOutcome[]> {
  const found: ExampleOutcome[] = [];
  for await (const one of examplesOf(report, store)) found.push(one);
  return found;
}

test('each example is told with its question, all answers, and whether it was fixed, broken or stayed as it was', async () => {
  const grading = { code: 'no_number', message: 'It holds no number.' };
  const tuned = [said(0, 'yes', true), said(1, 'no', false), said(2, 'yes', true), said(3, undefined, false)];
  const base = [said(0, 'no', false), said(1, 'yes', true), said(2, 'yes', true), said(3, 'x', false, { grading })];
  const outcomes = await all(await reportOf(tuned, base));
  expect(outcomes.map(({ question, rivals }) => [question, rivals.base?.change])).toEqual([
    ['a?', 'fixed'],
    ['b?', 'broken'],
    ['c?', 'unchanged'],
    ['d?', 'ungraded'],
  ]);
  expect(outcomes[1]).toEqual({
    index: 1,
    question: 'b?',
    reference: 'yes',
    tuned: { output: 'no', passed: false },
    rivals: { base: { output: 'yes', passed: true, change: 'broken' } },
  });
  expect(outcomes[3]?.tuned).toEqual({ passed: false });
});

test('answers to other examples are not put beside each other', async () => {
  const report = await reportOf([said(0, 'yes', true)], [said(0, 'yes', true), said(1, 'yes', true)]);
  await expect(all(report)).rejects.toMatchObject({ code: 'evaluation_incomplete' });
});
