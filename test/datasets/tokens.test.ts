import { automaticEpochs, estimateTrainingTokens } from '../../src/datasets/estimate.ts';
import type { ChatExample } from '../../src/datasets/shapes.ts';
import { remembering, tokenCounter } from '../../src/datasets/tokens.ts';

const counter = tokenCounter('o200k_base');
const count = (chat: ChatExample) => counter.example({ chat });

test('an example is 3, plus 3 a message, its texts and role, and 1 a name', () => {
  const messages = [
    { role: 'user', content: 'hello world', name: 'ann' },
    { role: 'assistant', content: 'hello' },
  ];
  // user 1 + hello world 2 + ann 1 + 1; assistant 1 + hello 1
  expect(count({ messages })).toEqual({ tokens: 3 + 3 + 5 + 3 + 2, assistantTokens: 1, finalTokens: 1, longest: 16 });
});

test('of several answers the last one is the final one; without one at the end there is none', () => {
  const turn = { role: 'user', content: 'x' };
  const long = { role: 'assistant', content: 'hello world' };
  const short = { role: 'assistant', content: 'hello' };
  expect(count({ messages: [turn, long, turn, short] })).toMatchObject({ assistantTokens: 3, finalTokens: 1 });
  expect(count({ messages: [turn, long, turn] })).toMatchObject({ assistantTokens: 2, finalTokens: 0 });
});

test('parts, refusals, calls and tools are counted', () => {
  const plain = count({ messages: [{ role: 'assistant', content: 'hello world' }] });
  const inParts = count({
    messages: [
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'hello' },
          { type: 'text', text: ' world' },
        ],
      },
    ],
  });
  const refusal = count({ messages: [{ role: 'assistant', content: null, refusal: 'hello world' }] });
  const call = count({
    messages: [
      {
        role: 'assistant',
        tool_calls: [{ id: 'x', type: 'function', function: { name: 'hello', arguments: ' world' } }],
      },
    ],
  });
  expect([inParts, refusal, call]).toEqual([plain, plain, plain]);
  const withTools = count({
    messages: [{ role: 'assistant', content: 'hello world' }],
    tools: [{ type: 'function' }],
  });
  expect(withTools.tokens).toBeGreaterThan(plain.tokens);
  expect(withTools.assistantTokens).toBe(2);
});

test('as many texts as are remembered are counted once, however often they come again', () => {
  const counted: string[] = [];
  const letters = {
    hinted: false,
    count(text: string): number {
      counted.push(text);
      letters.hinted = text.length % 2 === 1;
      return text.length;
    },
  };
  const known = remembering(letters);
  const texts = Array.from({ length: 100 }, (_, at) => 'x'.repeat(at + 1));
  for (const text of [...texts, ...texts, ...texts, 'xx', 'xx', 'x']) {
    expect([known.count(text), known.hinted]).toEqual([text.length, text.length % 2 === 1]);
  }
  expect(counted).toEqual(texts);
});

test('of texts, a million letters in all are remembered', () => {
  const counted: number[] = [];
  const letters = {
    hinted: false,
    count(text: string): number {
      counted.push(text.length);
      return text.length;
    },
  };
  const known = remembering(letters);
  const [long, other, beyond] = [700_000, 600_000, 1_100_000].map((length) => 'x'.repeat(length)) as [
    string,
    string,
    string,
  ];
  for (const text of ['x', long, 'x', long, other, 'x', beyond, beyond, 'x'])
    expect(known.count(text)).toBe(text.length);
  expect(counted).toEqual([1, 700_000, 600_000, 1, 1_100_000, 1_100_000]);
});

test('a hint of the text that was counted last is kept, whatever long text stands between', () => {
  const letters = {
    hinted: false,
    count(text: string): number {
      letters.hinted = text === 'x';
      return text.length;
    },
  };
  const known = remembering(letters);
  const hints = ['x', 'y'.repeat(1_100_000), 'x', 'z', 'x'].map((text) => {
    known.count(text);
    return known.hinted;
  });
  expect(hints).toEqual([true, false, true, false, true]);
});

test('special tokens are text like any other, and no text is refused', () => {
  expect(counter.text('<|endoftext|>')).toBe(7);
  expect(counter.text('\ud800')).toBeGreaterThan(0);
  expect(counter.text('')).toBe(0);
  expect(counter.text('👩‍👩‍👧‍👦')).toBeGreaterThan(1);
});

test.each([
  [0, 25],
  [3, 25],
  [10, 10],
  [33, 3],
  [34, 3],
  [8333, 3],
  [8334, 2],
  [12_501, 1],
  [100_000, 1],
])('%d examples are trained on for %d epochs', (examples, epochs) => {
  expect(automaticEpochs(examples)).toBe(epochs);
});

test('training is billed for every epoch', () => {
  expect(estimateTrainingTokens({ tokens: 1000, examples: 10, epochs: 'auto' })).toBe(10_000);
  expect(estimateTrainingTokens({ tokens: 1000, examples: 10, epochs: 4 })).toBe(4000);
  expect(estimateTrainingTokens({ tokens: 1000, trainedTokens: 900, examples: 10, epochs: 4 })).toBe(3600);
});
