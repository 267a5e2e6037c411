import fc from 'fast-check';
import { replaced, stringFields, textOf } from '../../../src/gateway/openai/fields.ts';

const names = ['model', 'user'];

test('whatever the body holds, its own fields are found as a parser finds them, and nothing else is changed', () => {
  const value = fc.jsonValue({ maxDepth: 3 });
  const entries = fc.array(fc.tuple(fc.oneof(fc.constantFrom('model', 'user', 'mod\\u0065l'), fc.string()), value));
  fc.assert(
    fc.property(entries, fc.constantFrom('', ' ', '\n\t'), fc.string(), (pairs, gap, text) => {
      // Written by hand, so that names come twice.
      const parts = pairs.map(([name, given]) => `${gap}${JSON.stringify(name)}${gap}:${gap}${JSON.stringify(given)}`);
      const body = Buffer.from(`{${parts.join(',')}${gap}}`);
      const parsed = JSON.parse(body.toString('utf8')) as Record<string, unknown>;
      const found = stringFields(body, names);
      for (const name of names) {
        const span = found.get(name);
        const given = Object.hasOwn(parsed, name) ? parsed[name] : undefined;
        // A later value that is no text has the last word.
        expect(textOf(body, span)).toBe(typeof given === 'string' ? given : undefined);
        if (!span) continue;
        const changed = replaced(body, span, text);
        expect(JSON.parse(changed.toString('utf8'))).toEqual({ ...parsed, [name]: text });
        expect(changed.subarray(0, span.from)).toEqual(body.subarray(0, span.from));
      }
    }),
  );
});

test.each(['', '[]', '"model"', '["model","x"]', '{"model', '{"model":', '{"model":"x', '{"a":"\\', '}{"model":1'])(
  'of %j nothing is found',
  (text) => {
    const body = Buffer.from(text);
    expect(textOf(body, stringFields(body, names).get('model'))).toBeUndefined();
  },
);
