import { attemptState, type Chain } from '../../src/reconcile/chain.ts';

const chain = (...executions: Chain['executions']): Chain => ({ name: 'a', executions });

test.each<[string, Chain | undefined, number, string]>([
  ['a run that is not known', undefined, 1, 'unknown'],
  ['an attempt whose execution is not known', chain({ attempt: 2, state: 'failed' }), 1, 'unknown'],
  [
    'an attempt that a reset has taken the chain back from: it may come to it again',
    chain({ attempt: 1, state: 'superseded' }, { attempt: 2, state: 'terminated' }, { attempt: 1, state: 'running' }),
    2,
    'running',
  ],
  [
    'an attempt behind the one under way',
    chain({ attempt: 1, state: 'superseded' }, { attempt: 2, state: 'running' }),
    1,
    'superseded',
  ],
  [
    'an attempt that succeeded once: its result stays one, however a later go at it ended',
    chain({ attempt: 1, state: 'failed' }, { attempt: 1, state: 'succeeded' }),
    1,
    'succeeded',
  ],
])('%s', (_, known, attempt, state) => {
  expect(attemptState(known, attempt)).toBe(state);
});
