import { execFileSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { boundariesOf } from './support/boundaries.ts';
import { readNotes, writeHolds } from './support/holds.ts';
import { config, type Outcome, outcomeOf, until } from './support/outcome.ts';
import { troubleOf, tryAgain } from './support/trouble.ts';
import { openWorld } from './support/world.ts';

// The file system of the artifact store is full when a run wants to write: one of 4 MiB, in place of the usual folder.

const world = await openWorld();
const connection = await Connection.connect({ address: world.address });
const temporal = new Client({ connection });
const artifacts = join(world.folder, 'artifacts');
const filler = join(artifacts, 'filler');

const mounted = (() => {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', artifacts], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();
const onSmallDisk = mounted ? describe : describe.skip;

afterAll(async () => {
  await connection.close();
  await world.kill(['worker']);
  if (mounted) execFileSync('umount', [artifacts]);
  await world.close();
});

/** Until not one byte more fits. */
function fill(): void {
  const file = openSync(filler, 'w');
  try {
    for (const piece = Buffer.alloc(4_096); ; ) writeSync(file, piece);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    closeSync(file);
  }
}

const beforePaid = ['inspectData 1 before', 'splitData 1 before'];
const oncePaid = [
  'waitForJob 1 before',
  'warmUp 1 before',
  'evaluateModel 1 before',
  'evaluateModel 2 before',
  'writeReport 1 before',
];
const nameOf = (point: string) => point.replaceAll(' ', '-').toLowerCase();

onSmallDisk('the disk of the artifact store is full (skipped where none may be mounted)', () => {
  let undisturbed: Outcome;

  beforeAll(async () => {
    undisturbed = await outcomeOf(world, await world.client.start(config, { name: 'undisturbed' }));
    const boundaries = await boundariesOf(world, 'undisturbed', false);
    const points = [...beforePaid, ...oncePaid];
    const holds = points.flatMap((point) => {
      const found = boundaries.find(({ activity, at }) => `${activity} ${at}` === point);
      return found ? [[nameOf(point), found] as const] : [];
    });
    expect(holds.map(([name]) => name)).toEqual(points.map(nameOf));
    writeHolds(world.folder, Object.fromEntries(holds));
    for (const point of points) await world.client.start(config, { name: nameOf(point) });
    await until(
      () => readNotes(world.folder).filter(({ held }) => held !== undefined),
      (notes) => notes.length === points.length,
    );
    fill();
    writeHolds(world.folder, {});
    await Promise.all(points.map(async (point) => await troubleOf(temporal, nameOf(point))));
  });

  test('undisturbed, a run pays one job and leaves its two files', () => {
    const report = { comparison: { tuned: { score: { value: 1 } } } };
    expect(undisturbed).toMatchObject({ jobs: 1, paid: 1, files: 2, report });
  });

  test.each(beforePaid)('%s: the run ends, and leaves nothing behind', async (point) => {
    const outcome = await outcomeOf(world, world.client.get(nameOf(point)));
    expect(outcome).toEqual({ jobs: 0, paid: 0, files: 0, error: 'disk_full' });
  });

  test.each(oncePaid)('%s: the run waits for space and goes on', async (point) => {
    const run = world.client.get(nameOf(point));
    expect(new Set(await troubleOf(temporal, run.name))).toEqual(new Set(['disk_full']));
    expect((await run.progress()).live?.trouble).toMatch(/The artifact store is full\.$/);
  });

  describe('when there is space again', () => {
    beforeAll(() => rmSync(filler));

    test.each(oncePaid)('%s', async (point) => {
      const run = world.client.get(nameOf(point));
      await tryAgain(temporal, run.name);
      expect(await outcomeOf(world, run)).toEqual(undisturbed);
    });
  });
});
