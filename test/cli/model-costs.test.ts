import { modelCosts } from '../../src/cli/model-costs.ts';
import { inspectDataset } from '../../src/datasets/index.ts';
import type { ModelEntry } from '../../src/platforms/catalogue.ts';
import { jsonl, temporaryFolder } from '../datasets/support.ts';

const files = temporaryFolder();
const prices = { training: 3, input: 1, output: 4, checked: '2026-11-29' };
const model = { id: 'mini', methods: ['supervised'], trainingContextTokens: 1000, prices } as unknown as ModelEntry;

const turn = (content: string) => [
  { role: 'user', content: 'hello' },
  { role: 'assistant', content },
];
const line = (...answers: string[]) => JSON.stringify({ messages: answers.flatMap(turn) });

async function costOf(...lines: string[]) {
  const path = await files.write('costs.jsonl', jsonl(lines));
  const inspection = await inspectDataset(path, { minimumExamples: 1 });
  const [cost] = modelCosts(inspection, [model], new Date());
  return { ...inspection, ...cost };
}

test('a question like those of conversations is answered once, by what is said last', async () => {
  const { tokens, answersUsd } = await costOf(line('hello world', 'hello'));
  // hello 1; all else is read.
  expect(answersUsd).toBeCloseTo((1000 * ((tokens - 1) * prices.input + 1 * prices.output)) / 1e6, 12);
});

test('lines that are wrong change neither what an answer costs nor how often the others are trained on', async () => {
  const good = Array.from({ length: 40 }, (_, at) => line(`answer ${at}`));
  const { epochs, answersUsd, trainingUsd } = await costOf(...good);
  expect(await costOf(...good, ...Array.from({ length: 40 }, () => '{}'))).toMatchObject({
    epochs,
    answersUsd,
    trainingUsd,
  });
});
