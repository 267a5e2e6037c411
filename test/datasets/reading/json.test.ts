import { seededRandom } from '../../../src/datasets/random.ts';
import { canonicalJson, parseJson } from '../../../src/datasets/reading/json.ts';
import { jsonErrorAt } from '../../../src/datasets/reading/json-error.ts';

test.each([
  ['hello', 0],
  ['{"a": 1,}', 8],
  ["{'a': 1}", 1],
  ['{"a": undefined}', 6],
  ['[1 2]', 3],
  ['{"a" 1}', 5],
  ['"tab\there"', 4],
  ['"bad \\x"', 5],
  ['{} {}', 3],
  ['[1, 2', 5],
  ['{"a": "open', 11],
  ['[01]', 2],
  ['[1}', 2],
])('%s goes wrong at character %d', (text, at) => {
  expect(parseJson(text)).toEqual({ errorAt: at });
});

test('text before the error can still become JSON, and valid JSON has no error before its end', () => {
  const valid = '{"a": [1, -2.5e3, true, null, "x\\u00e4\\n"], "b": {"c": {}}, "d": []}';
  const random = seededRandom(1);
  expect(jsonErrorAt(valid)).toBe(valid.length);
  for (let i = 0; i < 2000; i++) {
    const at = Math.floor(random() * valid.length);
    const mutated = valid.slice(0, at) + String.fromCharCode(32 + Math.floor(random() * 95)) + valid.slice(at + 1);
    const parsed = parseJson(mutated);
    if ('value' in parsed) expect(jsonErrorAt(mutated)).toBe(mutated.length);
    else expect(parsed).toEqual({ errorAt: expect.any(Number) });
    // A changed character cannot be noticed before it is read, but for a number or word that it is the end of.
    if ('errorAt' in parsed) expect(parsed.errorAt).toBeGreaterThanOrEqual(at - 5);
  }
});

test('deep nesting is refused before it is parsed', () => {
  expect(parseJson(`${'['.repeat(5_000_000)}${']'.repeat(5_000_000)}`)).toEqual({ beyond: 'too_deep' });
  expect(parseJson(`${'['.repeat(128)}${']'.repeat(128)}`)).toHaveProperty('value');
  expect(parseJson(`${'['.repeat(129)}${']'.repeat(129)}`)).toEqual({ beyond: 'too_deep' });
  expect(parseJson('['.repeat(129))).toEqual({ beyond: 'too_deep' });
  expect(parseJson('["[[\\"[[[", "]"]')).toHaveProperty('value', ['[["[[[', ']']);
});

test('more values than an example has are refused before they are parsed; those that stand in a text are none', () => {
  const of = (count: number, open = '[', value = '{}', close = ']') => `${open}${Array(count).fill(value)}${close}`;
  for (const text of [
    of(300_000),
    of(300_000, '{', '"a":1', '}'),
    of(5_000_000, '[', '1'),
    of(300_000, '[', '1', ''),
  ]) {
    expect(parseJson(text)).toEqual({ beyond: 'too_many_values' });
  }
  expect(parseJson(of(90_000))).toHaveProperty('value');
  expect(parseJson(of(1_000_000, '["', '[{\\"', '"]'))).toHaveProperty('keys', 0);
});

test('equal values have equal canonical JSON, __proto__ among them', () => {
  const one = JSON.parse('{"b": [1, {"d": null, "c": "ä"}], "__proto__": 1.0}');
  const other = JSON.parse('{"__proto__": 1, "b": [1e0, {"c": "\\u00e4", "d": null}]}');
  expect(canonicalJson(one)).toBe('{"__proto__":1,"b":[1,{"c":"ä","d":null}]}');
  expect(canonicalJson(other)).toBe(canonicalJson(one));
});
