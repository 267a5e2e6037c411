import { endMark, endMarks } from '../../../src/datasets/bpe/pieces.ts';
import { readAhead, wordCounter } from '../../../src/datasets/bpe/words.ts';
import { seededRandom } from '../../../src/datasets/random.ts';

test('words that come again are merged once, however many there are', () => {
  const random = seededRandom(7);
  const letters = () => String.fromCharCode(97 + Math.floor(random() * 26));
  const words = new Set(
    Array.from({ length: 2000 }, () => ` ${Array.from({ length: 3 + random() * 7 }, letters).join('')}`),
  );
  const text = Buffer.from([...words].join('').repeat(20));
  const bytes = new Uint8Array(text.length + endMarks + readAhead);
  bytes.set(text);
  bytes.fill(endMark, text.length, text.length + endMarks);
  const merged: string[] = [];
  const counter = wordCounter('o200k_base', (from, start, end) => {
    merged.push(Buffer.from(from.subarray(start, end)).toString());
    return 2;
  });

  expect(counter.run({ bytes, view: new DataView(bytes.buffer) }, 0, text.length)).toBe(text.length);
  expect(counter.tokens).toBe(2 * 20 * words.size);
  expect(merged).toEqual([...words]);
});
