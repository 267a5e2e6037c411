import { surveyExamples } from '../../src/datasets/survey.ts';
import { chat, inChunks, jsonl } from './support.ts';

const options = { method: 'supervised', encoding: 'o200k_base', sample: 5, seed: 1 } as const;
const lines = Array.from({ length: 40 }, (_, n) => chat(`question ${n}`, `answer ${n}`));
const survey = async (content: readonly string[], changes: object = {}) =>
  await surveyExamples(inChunks(Buffer.from(jsonl(content)), 100), { ...options, ...changes });

test('a sample is drawn by its seed, in the order of the file', async () => {
  const { sample, examples } = await survey(lines);
  expect(examples).toBe(40);
  const places = sample.map(({ text }) => lines.indexOf(text));
  expect(places).toHaveLength(5);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(places.every((place) => place >= 0)).toBe(true);
  expect((await survey(lines)).sample).toEqual(sample);
  expect((await survey(lines, { seed: 2 })).sample).not.toEqual(sample);
  expect((await survey(lines, { sample: 100 })).sample.map(({ text }) => text)).toEqual(lines);
});

test('lines that are no example are counted, and never drawn', async () => {
  const { examples, unreadable, sample } = await survey(['no JSON', ...lines.slice(0, 2), '{"messages":[]}']);
  expect([examples, unreadable, sample.length]).toEqual([2, 2, 2]);
});

test('instructions are told where every example begins with them', async () => {
  expect((await survey(lines)).instructions).toBe('Be brief.');
  const other = lines.map((line, at) => (at === 20 ? line.replace('Be brief.', 'Be long.') : line));
  expect((await survey(other)).instructions).toBeUndefined();
  const without = JSON.stringify({ messages: JSON.parse(lines[0] as string).messages.slice(1) });
  expect((await survey([without, ...lines])).instructions).toBeUndefined();
});

test('the longest example is told in tokens', async () => {
  const long = chat('word '.repeat(500), 'ok');
  const { longestTokens } = await survey([...lines, long]);
  expect(longestTokens).toBeGreaterThan(500);
  expect((await survey(lines)).longestTokens).toBeLessThan(50);
});
