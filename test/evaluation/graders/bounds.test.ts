import { failureOf, gradeOne, problems } from './support.ts';

const item = { reference: '' };

test.each([
  [{ max_chars: 5 }, 'Größe', true],
  [{ max_chars: 5 }, 'Größen', false],
  [{ max_chars: 2 }, '😀😀', true],
  [{ min_chars: 1 }, '', false],
  [{ max_words: 3 }, ' one  two\nthree ', true],
  [{ max_words: 3 }, 'one two three four', false],
  [{ min_words: 2, max_chars: 20 }, 'one', false],
])('length %j of %j: %j', async (bounds, text, expected) => {
  expect((await gradeOne({ type: 'length', ...bounds }, item, text)).passed).toBe(expected);
});

test('a length without bounds is refused', () => {
  expect(problems({ type: 'length' })).toEqual([': needs one of min_chars, max_chars, min_words, max_words']);
});

test('latency and cost are bounds on what was measured', async () => {
  const sample = { output_text: '', latencyMs: 900, usd: 0.002 };
  expect((await gradeOne({ type: 'latency', max_ms: 900 }, item, sample)).passed).toBe(true);
  expect(await gradeOne({ type: 'latency', max_ms: 800 }, item, sample)).toMatchObject({
    passed: false,
    reason: 'How long the answer took is 900 ms.',
  });
  expect((await gradeOne({ type: 'cost', max_usd: 0.002 }, item, sample)).passed).toBe(true);
  expect((await gradeOne({ type: 'cost', max_usd: 0.001 }, item, sample)).passed).toBe(false);
});

test('what was not measured is not graded', async () => {
  const failure = await failureOf(() => gradeOne({ type: 'cost', max_usd: 1 }, item, 'text'));
  expect(failure).toEqual({ code: 'grader_failed', message: 'What the answer cost is not known.' });
});
