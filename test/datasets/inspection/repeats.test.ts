import { fingerprint } from '../../../src/datasets/inspection/fingerprint.ts';
import { repeatFinder, repeatKey } from '../../../src/datasets/inspection/repeats.ts';
import type { ChatMessage } from '../../../src/datasets/shapes.ts';

const user = { role: 'user', content: 'a' };
const assistant = (content: string) => ({ role: 'assistant', content });

/** What is found in each of some examples, given by their messages. */
function found(examples: ChatMessage[][], limit?: number): string[] {
  const repeats = repeatFinder(limit);
  return examples.map((messages) =>
    repeats
      .add(repeatKey({ chat: { messages } }))
      .map(({ code }) => code)
      .join(),
  );
}

test('what stands there before, and one question with two answers', () => {
  const parts = { role: 'user', content: [{ type: 'text', text: 'a' }] };
  const examples = [
    [user, assistant('x')],
    [user, assistant('x')],
    [user, assistant('y')],
    [{ ...user, name: 'ann' }, assistant('y')],
    [parts, assistant('y')],
    [parts, assistant('y')],
    [user, { ...assistant('z'), weight: 0 }, user, assistant('x')],
    [user, { ...assistant('z'), weight: 1 }, user, assistant('x')],
  ];
  expect(found(examples)).toEqual([
    '',
    'duplicate_example',
    'contradictory_answer',
    '',
    '',
    'duplicate_example',
    '',
    'duplicate_example',
  ]);
});

test('other tools are another question', () => {
  const repeats = repeatFinder();
  const messages = [user, assistant('x')];
  expect(
    [{ messages }, { messages, tools: [1] }, { messages, tools: [2] }].flatMap((chat) =>
      repeats.add(repeatKey({ chat })),
    ),
  ).toEqual([]);
  expect(repeats.add(repeatKey({ chat: { messages, tools: [2] } }))).toHaveLength(1);
});

test('the order of keys makes no other question, what they hold does', () => {
  const asked = (content: unknown[]) => [{ role: 'user', content }, assistant('x')];
  const different = [
    [{ type: 'text', text: '1' }],
    [{ type: 'text', text: 1 }],
    [{ type: 'text' }, { text: '1' }],
    [{ type: 'text', text: '}' }],
    [{ type: 'text', '"': '}' }],
    [{ type: 'text', text: ['1'] }],
    [{ type: 'text', text: null }],
    [{ type: 'text', text: 'null' }],
  ];
  expect(found(different.map(asked))).toEqual(different.map(() => ''));
  expect(found([[{ type: 'text', text: '1' }], [{ text: '1', type: 'text' }]].map(asked))[1]).toBe('duplicate_example');
});

test('many questions are told apart; beyond the limit no new ones are remembered', () => {
  const many = Array.from({ length: 20_000 }, (_, i) => [{ role: 'user', content: `${i}` }, assistant('x')]);
  expect(found(many).filter((code) => code !== '')).toEqual([]);
  const again = found([...many, ...many], 15_000);
  expect(again.filter((code) => code === 'duplicate_example')).toHaveLength(15_000);
});

test('fingerprints of alike texts differ, in both halves', () => {
  const texts = Array.from({ length: 100_000 }, (_, i) => [`${i}`.padStart(i % 9, 'a'), `b${i % 7}`]);
  const seen = texts.map(fingerprint);
  const pairs = [['ab', 'c'], ['a', 'bc'], ['abc'], ['abc', '']].map(fingerprint);
  expect(new Set(pairs.map(({ high, low }) => `${high} ${low}`)).size).toBe(4);
  // Of 100,000 numbers of 32 bits about one pair is equal by chance.
  expect(new Set(seen.map(({ high }) => high)).size).toBeGreaterThan(99_980);
  expect(new Set(seen.map(({ low }) => low)).size).toBeGreaterThan(99_980);
});

test('fingerprints of long texts differ by every letter, and by where a text ends', () => {
  const part = 65_536;
  const long = '漢'.repeat(2 * part + 3);
  const changed = [0, 1, part - 1, part, 2 * part - 1, 2 * part, 2 * part + 2].map((at) => [
    `${long.slice(0, at)}字${long.slice(at + 1)}`,
  ]);
  const cut = [[long.slice(0, part), long.slice(part)], [long.slice(0, part + 1), long.slice(part + 1)], [long]];
  const pairs = ['😀', '😁'].map((last) => [`${'x'.repeat(part - 1)}${last}`]);
  const shorter = 'a'.repeat(100);
  const each = [...shorter].map((_, at) => [`${shorter.slice(0, at)}b${shorter.slice(at + 1)}`]);
  const texts = [...changed, ...cut, ...pairs, ...each];
  const seen = texts.map(fingerprint);
  expect(new Set(seen.map(({ high }) => high)).size).toBe(texts.length);
  expect(new Set(seen.map(({ low }) => low)).size).toBe(texts.length);
  expect(texts.map(fingerprint)).toEqual(seen);
});

test('one text with other calls is another answer', () => {
  const calling = (city: string) => ({
    ...assistant('Let me look.'),
    tool_calls: [{ id: '1', type: 'function', function: { name: 'weather', arguments: JSON.stringify({ city }) } }],
  });
  const examples = [calling('Rome'), calling('Paris'), calling('Rome')].map((answer) => [user, answer]);
  expect(found(examples)).toEqual(['', 'contradictory_answer', 'duplicate_example']);
});
