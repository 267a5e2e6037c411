import { type Pipeline, pipeline } from '../support/pipeline.ts';
import { onceOnly } from '../support/watching.ts';

let at: Pipeline;
beforeEach(async () => {
  at = await pipeline();
});
afterEach(async () => await at.close());

const jobs = { method: 'POST', path: '/v1/fine_tuning/jobs' };
const files = { method: 'POST', path: '/v1/files' };

test.each([
  ['the answer to the create was lost', { ...jobs, kind: 'drop-after' }],
  ['the answer to the create came too late', { ...jobs, kind: 'delay', ms: 7_000, when: 'after' }],
  ['the answer to the create was cut off', { ...jobs, kind: 'truncate' }],
  ['the create never arrived', { ...jobs, kind: 'drop-before' }],
  ['the platform was out of order for a while', { ...jobs, kind: 'status', status: 500, times: 3 }],
  ['the answer to the upload was lost', { ...files, kind: 'drop-after' }],
  ['the answer to the upload was cut off', { ...files, kind: 'truncate' }],
] as const)('one job is paid when %s', async (_, fault) => {
  at.simulator.faults.add(fault);
  await onceOnly(at);
});

test('one job is paid when the listing lags behind the create whose answer was lost', async () => {
  at.simulator.set({ listLagMs: 800 });
  at.simulator.faults.add({ ...jobs, kind: 'drop-after' });
  await onceOnly(at);
});
