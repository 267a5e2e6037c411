import { judged } from '../../src/activities/distil/answer.ts';

const answer = { text: 'shipping', inputTokens: 1, outputTokens: 1 };

test.each([
  ['no answer', undefined, false, 'unanswered'],
  ['white space', { ...answer, text: ' \n' }, false, 'empty'],
  ['what was cut off', { ...answer, finishReason: 'length' }, false, 'cutOff'],
  ['a refusal in words', answer, true, 'refusal'],
  ['what the platform has filtered', { ...answer, finishReason: 'content_filter' }, false, 'refusal'],
])('%s is not learnt', (_, given, refused, unfit) => {
  expect(judged(given, refused)).toEqual({ unfit });
});

test('a text is learnt as it is', () => {
  expect(judged({ ...answer, finishReason: 'stop' }, false)).toEqual({
    message: { role: 'assistant', content: 'shipping' },
  });
});

test('calls of tools are learnt, with ids where the platform gives none', () => {
  const call = { type: 'function', function: { name: 'find', arguments: '{}' } };
  const toolCalls = [call, { ...call, id: 'call_x' }];
  expect(judged({ ...answer, text: '[…]', toolCalls }, false)).toEqual({
    message: {
      role: 'assistant',
      tool_calls: [
        { ...call, id: 'call_0' },
        { ...call, id: 'call_x' },
      ],
    },
  });
});
