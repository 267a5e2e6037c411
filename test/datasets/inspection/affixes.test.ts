import { formats } from '../../../src/datasets/examples/formats.ts';
import { affixCounter, affixesOf, bothAffixes } from '../../../src/datasets/inspection/affixes.ts';
import { inspectDataset } from '../../../src/datasets/inspection/inspect.ts';
import { chat, imageChat, jsonl, temporaryFolder } from '../support.ts';

const files = temporaryFolder();

async function codes(of: (number: number) => [question: string, answer: string], count = 10): Promise<string[]> {
  return await codesOf(Array.from({ length: count }, (_, number) => chat(...of(number))));
}

async function codesOf(lines: readonly string[]): Promise<string[]> {
  const { problems } = await inspectDataset(await files.write('data.jsonl', jsonl(lines)), { minimumExamples: 1 });
  return problems.map(({ code }) => code);
}

test.each<[string, (number: number) => [string, string]]>([
  ['common_question_beginning', (n) => [`Answer in one word only, please: ${n} of ${n}`, `a${n}b`]],
  ['common_question_ending', (n) => [`What of ${n}?\n\n###\n\n`, `a${n}b`]],
  ['common_question_ending', (n) => [`What of ${n}? ->`, `a${n}b`]],
  ['common_question_ending', (n) => [`What of ${n} =>`, `a${n}b`]],
  ['common_question_ending', (n) => [`What of ${n}?\n\nAnswer:`, `a${n}b`]],
  ['common_question_ending', (n) => [`What of ${n}?\n\n### Response:\n`, `a${n}b`]],
  ['common_question_ending', (n) => [`What of \`\`\`\n${n}\n\`\`\`\n\n###\n\n`, `a${n}b`]],
  ['common_answer_beginning', (n) => [`What of ${n}`, `The answer to the question is ${n}b`]],
  ['common_answer_ending', (n) => [`What of ${n}`, `The answer is a${n} END`]],
  ['blank_answer_beginning', (n) => [`What of ${n}`, ` a${n}b`]],
  ['identical_answers', (n) => [`What of ${n}?`, 'I do not know what this is about END']],
])('%s', async (code, of) => {
  expect(await codes(of)).toEqual([code]);
});

test.each<[string, (number: number) => [string, string], number]>([
  ['a question mark and a full stop', (n) => [`What of ${n}?`, `It is ${n}.`], 10],
  ['answers in JSON', (n) => [`What of ${n}?`, `{"the answer to the question": ${n}, "kind": "word"}`], 10],
  ['blocks of code', (n) => [`What of\n\`\`\`\nf(${n});\n\`\`\``, `This:\n\`\`\`\ng(${n});\n\`\`\``], 10],
  ['questions with the same last sentence', (n) => [`What of ${n}?\n\nAnswer in one sentence.`, `a${n}b`], 10],
  ['questions with the same last words', (n) => [`What of ${n}?\n\nAnswer in one word`, `a${n}b`], 10],
  ['questions that end with data', (n) => [`{\n  "a": [\n    ${n}\n  ]\n}`, `a${n}b`], 10],
  ['questions that end with code', (n) => [`call(\n  ${n}\n);`, `a${n}b`], 10],
  ['questions that end with markup', (n) => [`What of <text>\n${n}\n</text>`, `a${n}b`], 10],
  ['answers of which one begins with white space', (n) => [`What of ${n}?`, n ? `a${n}b` : ' a'], 10],
  ['nine examples', (n) => [`What of ${n}?\n\n###\n\n`, `a${n}b`], 9],
])('nothing is told of %s', async (_, of, count) => {
  expect(await codes(of, count)).toEqual([]);
});

test('questions that are all the same are told beside what contradicts', async () => {
  const told = await codes((n) => ['What is it?', `a${n}b`]);
  expect(told.toSorted()).toEqual(['contradictory_answer', 'identical_questions']);
});

test('the same question of other images is another one; of the same image it is not', async () => {
  const [question, data] = ['What is there to be seen in this picture?', 'data:image/png;base64,'];
  const lines = (urlOf: (n: number) => string) =>
    Array.from({ length: 10 }, (_, n) => imageChat(question, [urlOf(n)], `a${n}b`));
  expect(await codesOf(lines((n) => `${data}${'A'.repeat(400)}${n}`))).toEqual([]);
  expect(await codesOf(lines((n) => `https://example.com/${n}.png`))).toEqual([]);
  expect(await codesOf(lines(() => `${data}AAAA`))).toContain('identical_questions');
});

test('parts of a file have in common what the whole has', () => {
  const lines = Array.from({ length: 12 }, (_, n) => chat(`What of ${n} ->`, `a${n % 5} END`));
  const counted = (part: readonly string[]) => {
    const counter = affixCounter();
    for (const line of part) counter.add(formats.supervised.example(JSON.parse(line)), []);
    return counter.take();
  };
  const whole = counted(lines);
  const parts = bothAffixes(bothAffixes(counted(lines.slice(0, 1)), counted([])), counted(lines.slice(1)));
  expect(parts).toEqual(whole);
  expect(affixesOf(parts).map(({ code }) => code)).toEqual(['common_question_ending', 'common_answer_ending']);
});
