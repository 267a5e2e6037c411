import fc from 'fast-check';
import { folderStore } from '../../src/artifacts/index.ts';
import { type Method, methods } from '../../src/contract/config.ts';
import { TunewrightError } from '../../src/contract/errors.ts';
import { formats } from '../../src/datasets/examples/formats.ts';
import { graderFields } from '../../src/datasets/examples/grader-fields.ts';
import { fixFile } from '../../src/datasets/fix/fix.ts';
import { inspectDataset } from '../../src/datasets/inspection/inspect.ts';
import { languageOf } from '../../src/datasets/inspection/language.ts';
import { unpacked } from '../../src/datasets/reading/unpack.ts';
import { reviewTexts } from '../../src/datasets/review/quality.ts';
import { reviewAnswers } from '../../src/datasets/review/review.ts';
import { withoutFields } from '../../src/datasets/split/fields.ts';
import { splitDataset } from '../../src/datasets/split/split.ts';
import { collect, inChunks, temporaryFolder } from './support.ts';

const files = temporaryFolder();
let count = 0;

/** A named error, or what it came to: anything else is a fault. */
async function named<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof TunewrightError) return undefined;
    throw error;
  }
}

/** Everything that is done with a file of a person's, whatever it holds; answers how often it was a data set without errors. */
async function wholePass(content: Uint8Array | string): Promise<number> {
  const path = await files.write(`fuzz-${++count}.jsonl`, content);
  const store = folderStore(files.path('store'));
  let valid = 0;
  for (const method of methods) {
    const grader = { reference: '{{item.reference_answer}} {{item.__proto__.x}} {{item.messages[0].content}}' };
    const found = await named(inspectDataset(path, { method, minimumExamples: 1, maxProblems: 50, grader }));
    const plain = await named(inspectDataset(path, { method, minimumExamples: 1, maxProblems: 50 }));
    for (const { code, message, severity, line = 1 } of found?.problems ?? []) {
      expect(code).toMatch(/^[a-z0-9_]+$/);
      expect(message).toMatch(/\S/);
      expect(['error', 'warning']).toContain(severity);
      expect(line).toBeGreaterThan(0);
    }
    await named(fixFile(path, `${path}.${method}.fixed`, { method, force: true }));
    if (plain?.errors !== 0) continue;
    valid += 1;
    await named(reviewAnswers(path, method, 5));
    await named(reviewTexts(path, method, 5));
    const shares = { validation: 0, test: 0.5 };
    await named(splitDataset({ train: path, method, shares, seed: 1, minimumExamples: 1 }, store));
  }
  expect(({} as Record<string, unknown>).x).toBeUndefined();
  return valid;
}

/** Names that have a meaning here or to every object. */
const key = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length', '', 'x'),
  fc.constantFrom('messages', 'role', 'content', 'tools', 'functions', 'tool_calls', 'function', 'name', 'arguments'),
  fc.constantFrom('input', 'preferred_output', 'non_preferred_output', 'weight', 'type', 'text', 'image_url', 'url'),
  fc.constantFrom('parameters', 'properties', 'required', 'enum', 'items', 'response_format', 'json_schema', 'id'),
);
const leaf = fc.oneof(
  fc.constantFrom('user', 'assistant', 'system', 'tool', 'function', 'text', 'object', '{"a":1}', '"{}"', '[', ' '),
  fc.string({ unit: 'binary' }),
  fc.double(),
  fc.constantFrom(null, true, 0, 1, -0, Number.MAX_VALUE, '\u0000', '\ud800', '<|endoftext|>'),
);
/** JSON text of any shape; objects are written by hand, for an object of the language has no second `__proto__`. */
const json = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    leaf.map((value) => JSON.stringify(value) ?? 'null'),
    fc.array(tie('any'), { maxLength: 4 }).map((items) => `[${items.join(',')}]`),
    fc
      .array(fc.tuple(key, tie('any')), { maxLength: 5 })
      .map((fields) => `{${fields.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`),
  ),
})).any;

const call = { id: 'c', type: 'function', function: { name: 'pay', arguments: '{"a": 1}' } };
const schema = { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] };
const good = [
  {
    messages: [
      { role: 'user', content: [{ type: 'text', text: 'Pay!' }] },
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: 'c', content: 'done' },
      { role: 'assistant', content: 'It is done.', weight: 1 },
    ],
    tools: [{ type: 'function', function: { name: 'pay', parameters: schema } }],
  },
  {
    input: { messages: [{ role: 'user', content: 'Which?' }] },
    preferred_output: [{ role: 'assistant', content: 'This.' }],
    non_preferred_output: [{ role: 'assistant', content: 'That.' }],
  },
  { messages: [{ role: 'user', content: 'What is 6 times 7?' }], reference_answer: '42' },
].map((example) => JSON.stringify(example));

/** Good lines in which pieces were taken away, put in or written twice. */
const mutated = fc
  .tuple(
    fc.constantFrom(...good),
    fc.array(
      fc.record({
        at: fc.nat(600),
        cut: fc.oneof(fc.constant(0), fc.nat(40)),
        put: fc.oneof(
          fc.constant(''),
          json,
          fc.constantFrom('"', '{', '}', '[', ']', ',', ':', '\\', '\n', '\u2028', '\r'),
        ),
      }),
      { minLength: 0, maxLength: 3 },
    ),
  )
  .map(([line, changes]) =>
    changes.reduce((text, { at, cut, put }) => {
      const from = at % (text.length + 1);
      return text.slice(0, from) + put + text.slice(from + cut);
    }, line),
  );

test('random bytes', async () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    fc
      .array(fc.constantFrom(10, 13, 0, 0xef, 0xbb, 0xbf, 0x7b, 0x22, 0x5c, 0xff, 0x1f, 0x8b), { maxLength: 60 })
      .map((all) => Uint8Array.from(all)),
  );
  await fc.assert(
    fc.asyncProperty(bytes, async (content) => {
      await wholePass(content);
    }),
    { numRuns: 30 },
  );
});

test('JSON of any shape, with names that every object has', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(json, { minLength: 1, maxLength: 8 }), async (lines) => {
      await wholePass(lines.join('\n'));
    }),
    { numRuns: 30 },
  );
});

test('good lines that were mutilated; what is left of them is told from what is wrong', async () => {
  let valid = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(mutated, { minLength: 1, maxLength: 5 }), async (lines) => {
      valid += await wholePass(lines.join('\n'));
    }),
    { numRuns: 60 },
  );
  expect(valid).toBeGreaterThan(0);
});

test('checks, mending and templates of anything throw nothing', () => {
  fc.assert(
    fc.property(fc.oneof(json, mutated), fc.constantFrom<Method>(...methods), (text, method) => {
      let value: unknown;
      try {
        value = JSON.parse(text);
      } catch {
        return;
      }
      const found = formats[method].check(value);
      if (found.some(({ severity }) => severity === 'error')) return;
      const example = formats[method].example(value);
      const grader = graderFields(value);
      grader.add(grader.lacking(example), 1);
      expect(typeof formats[method].answer(example)).toBe('string');
    }),
    { numRuns: 3000 },
  );
});

test('a line without some of its fields is the same as parsed and written without them', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(key, json), { maxLength: 6 }), fc.array(key, { maxLength: 3 }), (fields, names) => {
      const once = [...new Map(fields)];
      const line = ` { ${once.map(([name, value]) => `${JSON.stringify(name)} : ${value}`).join(' , ')}} `;
      const rest = Object.entries(JSON.parse(line)).filter(([name]) => !(names as string[]).includes(name));
      expect(JSON.parse(withoutFields(line, names))).toEqual(Object.fromEntries(rest));
    }),
  );
});

test('compressed content of any bytes is read, or refused by name', async () => {
  const heads = fc.constantFrom([0x1f, 0x8b, 8, 0], [0x28, 0xb5, 0x2f, 0xfd], [0x50, 0x2a, 0x4d, 0x18], []);
  const content = fc
    .tuple(heads, fc.uint8Array({ maxLength: 200 }))
    .map((parts) => Buffer.concat(parts.map((part) => Buffer.from(part))));
  await fc.assert(
    fc.asyncProperty(content, fc.integer({ min: 1, max: 50 }), async (bytes, size) => {
      await named(collect(unpacked(inChunks(bytes, size), { name: 'data' })));
    }),
  );
});

test('a text of any letters has a language or none', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      expect(languageOf(text) ?? 'en').toMatch(/^[a-z]{2}$/);
    }),
  );
});

test.each([
  ['brackets', `{"messages":${'['.repeat(200_000)}`],
  ['closed brackets', `{"messages":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
  ['objects', `${'{"messages":'.repeat(50_000)}1${'}'.repeat(50_000)}`],
  [
    'brackets in a text',
    JSON.stringify({
      messages: [
        { role: 'user', content: '[{'.repeat(30_000) },
        { role: 'assistant', content: 'a' },
      ],
    }),
  ],
  [
    'arguments of a call',
    JSON.stringify({
      messages: [
        { role: 'user', content: 'q' },
        { role: 'assistant', tool_calls: [{ ...call, function: { name: 'pay', arguments: '['.repeat(100_000) } }] },
      ],
    }),
  ],
  ['keys', `{${Array.from({ length: 20_000 }, (_, at) => `"k${at}":1`).join(',')}}`],
  ['messages', JSON.stringify({ messages: Array.from({ length: 8_000 }, () => ({ role: 'assistant' })) })],
  ['quotes that never end', `{"messages":"${'\\"'.repeat(100_000)}`],
])('a line of very many %s is answered at once', async (_, line) => {
  const begun = performance.now();
  await wholePass(line);
  expect(performance.now() - begun).toBeLessThan(120_000);
});
