import { inspectDataset } from '../../src/datasets/inspect.ts';
import { chat, jsonl, temporaryFolder } from './support.ts';

const files = temporaryFolder();

async function codes(of: (number: number) => [question: string, answer: string], count = 10): Promise<string[]> {
  const lines = Array.from({ length: count }, (_, number) => chat(...of(number)));
  const { problems } = await inspectDataset(await files.write('data.jsonl', jsonl(lines)), { minimumExamples: 1 });
  return problems.map(({ code }) => code);
}

test.each<[string, (number: number) => [string, string]]>([
  ['common_question_beginning', (n) => [`Answer in one word only, please: ${n} of ${n}`, `a${n}b`]],
  ['common_question_ending', (n) => [`What of ${n}?\n\n###\n\n`, `a${n}b`]],
  ['common_question_ending', (n) => [`What of ${n}? ->`, `a${n}b`]],
  ['common_answer_beginning', (n) => [`What of ${n}`, `The answer to the question is ${n}b`]],
  ['common_answer_ending', (n) => [`What of ${n}`, `a${n} END`]],
])('%s', async (code, of) => {
  expect(await codes(of)).toEqual([code]);
});

test.each<[string, (number: number) => [string, string], number]>([
  ['a question mark and a full stop', (n) => [`What of ${n}?`, `It is ${n}.`], 10],
  ['answers in JSON', (n) => [`What of ${n}?`, `{"the answer to the question": ${n}, "kind": "word"}`], 10],
  ['answers that are all the same', (n) => [`What of ${n}?`, 'I do not know what this is about END'], 10],
  ['nine examples', (n) => [`What of ${n}?\n\n###\n\n`, `a${n}b`], 9],
])('nothing is told of %s', async (_, of, count) => {
  expect(await codes(of, count)).toEqual([]);
});
