import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runServer, type ServerProcess } from '../../src/embedded/server-process.ts';
import { inParts } from './support/courses.ts';
import { config, type Outcome, outcomeOf } from './support/outcome.ts';
import { openProxy } from './support/proxy.ts';
import { beginUnanswered } from './support/unanswered.ts';
import { openWorld, type World } from './support/world.ts';

// A machine is suspended while an answer is on its way to it, and wakes up when its work has long been done by another.

const awaited = [
  { answer: 'that there is no job yet', name: 'creates', activity: 'createJob', request: 'GET /v1/fine_tuning/jobs' },
  { answer: 'that there is no file yet', name: 'looks', activity: 'uploadFile', request: 'GET /v1/files' },
  { answer: 'that parts can be sent', name: 'uploads', activity: 'uploadFile', request: 'POST /v1/uploads' },
];

const temporal = await openProxy();
let world: World;
let undisturbed: Outcome;
let asleep: ServerProcess;

beforeAll(async () => {
  world = await openWorld({ limits: inParts }, { temporal });
  undisturbed = await outcomeOf(world, await world.client.start(config, { name: 'undisturbed' }));
  await world.kill(['worker']);
  const script = fileURLToPath(new URL('./worker.ts', import.meta.url));
  const args = ['--disable-warning=ExperimentalWarning', script];
  asleep = await runServer(process.execPath, args, join(world.folder, 'asleep.log'), world.env);
  await Promise.all(awaited.map(async (one) => await beginUnanswered(world, config, one)));
  process.kill(asleep.pid, 'SIGSTOP');
  // The server gives it no more to do.
  temporal.reset();
  await world.start(['worker']);
  for (const { name } of awaited) await world.client.get(name).result();
  process.kill(asleep.pid, 'SIGCONT');
  await world.kill(['worker']);
  // By the time it has done another run, alone, it has done what it was about to do.
  await (await world.client.start(config, { name: 'awake' })).result();
});
afterAll(async () => {
  await asleep.kill();
  await world.close();
  await temporal.close();
});

test('undisturbed, a run pays one job and leaves its two files', () => {
  const report = { comparison: { tuned: { score: { value: 1 } } } };
  expect(undisturbed).toMatchObject({ jobs: 1, paid: 1, files: 2, report });
});

describe('a worker that stood still, while another took over, is told', () => {
  test.each(awaited)('$answer: it creates nothing', async ({ name }) => {
    expect(await outcomeOf(world, world.client.get(name))).toEqual(undisturbed);
  });
});
