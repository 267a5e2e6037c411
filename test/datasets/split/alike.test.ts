import { findAlike, joinedByField } from '../../../src/datasets/split/alike.ts';
import type { Entry } from '../../../src/datasets/split/entries.ts';
import { chat, imageChat, jsonl, temporaryFolder } from '../support.ts';

const files = temporaryFolder();
const within = { method: 'supervised', within: true } as const;
const long = 'Where can I see what the bank has taken for the transfer to my sister in another country';

test('examples that ask nearly what another does are told with their lines, equal ones are not', async () => {
  const lines = [
    chat(long, 'fees'),
    chat('Something else', 'x'),
    chat(`${long}?`, 'fees'),
    chat(long, 'fees'),
    chat(`${long}s`, 'fees'),
  ];
  const { problems, removable } = await findAlike(await files.write('near.jsonl', jsonl(lines)), within);
  const [problem, ...others] = problems;
  expect(removable).toEqual({ examples: 2, tokens: expect.any(Number) });
  expect(others).toEqual([]);
  expect(problem).toMatchObject({ code: 'near_duplicates', severity: 'warning' });
  expect(problem?.message).toMatch(/^2 examples ask nearly what another does \(lines 3, 5\)/);
});

test('those with another label are told, answers in free text are not', async () => {
  const lines = Array.from({ length: 12 }, (_, n) => chat(`Number ${n}, please`, n % 2 ? 'fees' : 'delay'));
  const told = async (...answers: string[]) => {
    const near = answers.map((answer, at) => chat(long + '?'.repeat(at), answer));
    const { problems } = await findAlike(await files.write('labels.jsonl', jsonl([...lines, ...near])), within);
    return problems.map(({ message }) => message.slice(message.indexOf('nothing.') + 9));
  };
  expect(await told('fees', 'delay', 'fees')).toEqual([
    '1 of them is answered otherwise than that (line 14): one of the two answers is likely wrong.',
  ]);
  expect(await told('fees', 'fees', 'fees')).toEqual(['']);
  expect(await told('a', 'b', 'c', 'd')).toEqual(['']);
});

test('held-out images that training has not are not leaked, though all are asked the same of', async () => {
  const lines = (name: string) =>
    Array.from({ length: 12 }, (_, n) => imageChat(long, [`https://example.com/${name}${n}.png`], `${n}`));
  const [path, train] = [await files.write('held.jsonl', jsonl(lines('held'))), files.path('train.jsonl')];
  await files.write('train.jsonl', jsonl(lines('train')));
  expect(await findAlike(path, { ...within, train })).toEqual({ problems: [] });
  await files.write('train.jsonl', jsonl([...lines('train'), ...lines('held').slice(3, 5)]));
  const { problems } = await findAlike(path, { ...within, train });
  expect(problems.map(({ message }) => message)).toEqual([expect.stringMatching(/^2 of 12 .*lines 4, 5/)]);
});

test('of what they would save, a model trains on no more than it reads at once', async () => {
  const path = await files.write('long.jsonl', jsonl([chat(long, 'fees'), chat(`${long}?`, 'fees')]));
  const { removable } = await findAlike(path, { ...within, contexts: [10, 1000] });
  expect(removable).toEqual({ examples: 1, tokens: expect.any(Number), beyond: { 10: (removable?.tokens ?? 0) - 10 } });
});

test('tokens are those of the encoding that is asked for', async () => {
  const arabic = 'أين يمكنني أن أرى ما أخذه البنك مقابل التحويل إلى أختي في بلد آخر';
  const path = await files.write('arabic.jsonl', jsonl([chat(arabic, 'fees'), chat(`${arabic}؟`, 'fees')]));
  const { removable: modern } = await findAlike(path, within);
  const { removable: before } = await findAlike(path, { ...within, encoding: 'cl100k_base' });
  expect(before?.tokens).toBeGreaterThan(1.5 * (modern?.tokens ?? 0));
});

test('where there are none nothing is told', async () => {
  const lines = [chat(long, 'fees'), chat(long, 'fees'), chat('Something else', 'x')];
  expect(await findAlike(await files.write('equal.jsonl', jsonl(lines)), within)).toEqual({
    problems: [],
  });
});

test('groups that share a value by way of a third are one, whichever was the largest', () => {
  const entry = (line: number, group: string) => ({ line, group }) as Entry;
  const [large, small] = [[1, 2, 3].map((line) => [entry(line, 'a')]), [[entry(4, 'b')]]];
  const bridge = [[entry(5, 'a'), entry(6, 'b')]];
  const linesOf = (groups: Entry[][]) => joinedByField(groups).map((group) => group.map(({ line }) => line).sort());
  expect(linesOf([...large, ...small, ...bridge])).toEqual([[1, 2, 3, 4, 5, 6]]);
  expect(linesOf([...bridge, ...small, ...large])).toEqual([[1, 2, 3, 4, 5, 6]]);
});
