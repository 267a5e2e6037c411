import { gradeOne } from './support.ts';

const call = (name: string, args: unknown) => ({
  id: 'call_1',
  type: 'function',
  function: { name, arguments: typeof args === 'string' ? args : JSON.stringify(args) },
});
const reference = '[{"name":"find","arguments":{"id":7,"fast":true}},{"name":"tell","arguments":{}}]';

async function grade(calls: ReturnType<typeof call>[], options = {}, hoped = reference) {
  const { passed, score } = await gradeOne(
    { type: 'tool_calls', ...options },
    { reference: hoped },
    {
      output_text: '',
      output_tools: calls,
    },
  );
  return [passed, score];
}

test('names and arguments are compared, whatever their order in the JSON', async () => {
  expect(await grade([call('find', '{ "fast": true, "id": 7 }'), call('tell', {})])).toEqual([true, 1]);
  expect(await grade([call('find', { id: 8, fast: true }), call('tell', {})])).toEqual([false, 0.5]);
  expect(await grade([call('find', { id: '7', fast: true }), call('tell', {})])).toEqual([false, 0.5]);
  expect(await grade([call('find', '{"id":7'), call('tell', {})])).toEqual([false, 0.5]);
  expect(await grade([call('find', { id: 7, fast: true })])).toEqual([false, 0.5]);
  expect(await grade([])).toEqual([false, 0]);
});

test('the order of calls counts, unless it is told not to', async () => {
  const turned = [call('tell', {}), call('find', { id: 7, fast: true })];
  expect(await grade(turned)).toEqual([false, 0]);
  expect(await grade(turned, { ignore_order: true })).toEqual([true, 1]);
  const twice = [call('tell', {}), call('tell', {})];
  expect(await grade(twice, { ignore_order: true })).toEqual([false, 0.5]);
});

test('arguments can be left out', async () => {
  expect(await grade([call('find', {}), call('tell', { x: 1 })], { ignore_arguments: true })).toEqual([true, 1]);
});

test('where the reference is text, no call is hoped for', async () => {
  expect(await grade([], {}, 'Good morning')).toEqual([true, 1]);
  expect(await grade([call('find', {})], {}, 'Good morning')).toEqual([false, 0]);
});

test('a reference in the form of the chat protocol is read too', async () => {
  const hoped = JSON.stringify([call('find', { id: 7 })]);
  expect(await grade([call('find', { id: 7 })], {}, hoped)).toEqual([true, 1]);
});
