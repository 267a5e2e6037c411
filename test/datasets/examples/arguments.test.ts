import { checkExample } from '../../../src/datasets/examples/chat.ts';

const parameters = {
  type: 'object',
  properties: {
    city: { type: 'string' },
    unit: { type: ['string', 'null'], enum: ['C', 'F', null] },
    days: { type: 'array', items: { type: 'integer' } },
    place: { type: 'object', properties: { zip: { type: 'string' } }, additionalProperties: false },
  },
  required: ['city'],
  additionalProperties: false,
};

/** The messages of what is found in a call with these arguments. */
function found(args: unknown, declared: unknown = parameters): string[] {
  const call = { id: 'c1', type: 'function', function: { name: 'weather', arguments: JSON.stringify(args) } };
  return checkExample({
    messages: [
      { role: 'system', content: 'x' },
      { role: 'user', content: 'x' },
      { role: 'assistant', tool_calls: [call] },
    ],
    tools: [{ type: 'function', function: { name: 'weather', parameters: declared } }],
  }).map(({ code, path, message }) => {
    expect([code, path]).toEqual(['arguments_not_as_declared', 'messages[2].tool_calls[0].function.arguments']);
    return message.replace(/^The arguments are not what the tool declares at (.*?)\. .*/, '$1');
  });
}

test.each<[unknown, string]>([
  [{}, '"city": it is required and missing'],
  [{ city: 5 }, '"city": it has another type'],
  [{ city: 'Rome', unit: 'K' }, '"unit": it is none of the enum'],
  [{ city: 'Rome', days: [1, 1.5] }, '"days.1": it has another type'],
  [{ city: 'Rome', place: { zip: '1', land: 'x' } }, '"place.land": it is not declared'],
  [JSON.parse('{"city": "Rome", "__proto__": 1}'), '"__proto__": it is not declared'],
])('arguments %j are not as declared', (args, expected) => {
  expect(found(args)).toEqual([expected]);
});

test('arguments as declared, or declared in words that are not understood', () => {
  expect(found({ city: 'Rome', unit: null, days: [1, 2], place: { zip: '1' } })).toEqual([]);
  expect(found({ a: 1 }, { anyOf: [{ type: 'object', required: ['b'] }] })).toEqual([]);
  expect(found({ a: 1 }, { type: 'object', properties: { a: { $ref: '#/b' } }, required: 5 })).toEqual([]);
});
