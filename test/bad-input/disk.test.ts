import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Pipeline, pipeline } from '../support/pipeline.ts';
import { failureOf, filesLeft } from '../support/watching.ts';

/** A file system of one MiB for the artifact store; undefined where none may be mounted. */
function smallDisk(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'tunewright-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' });
    return folder;
  } catch {
    rmSync(folder, { recursive: true });
    return undefined;
  }
}

const disk = smallDisk();
const onSmallDisk = disk ? test : test.skip;
let at: Pipeline | undefined;
afterAll(async () => {
  await at?.close();
  if (!disk) return;
  execFileSync('umount', [disk]);
  rmSync(disk, { recursive: true });
});

onSmallDisk(
  'a full disk ends a run with what to do, and nothing paid (skipped where no disk may be mounted)',
  async () => {
    mkdirSync(join(disk ?? '', 'artifacts'));
    at = await pipeline({}, { artifacts: join(disk ?? '', 'artifacts') });
    const line = {
      messages: [
        { role: 'user', content: 'x'.repeat(1000) },
        { role: 'assistant', content: 'y' },
      ],
    };
    await writeFile(join(at.folder, 'large.jsonl'), `${JSON.stringify(line)}\n`.repeat(2000));
    const run = await at.client.start(at.config({ data: { train: 'large.jsonl' } }));
    expect(await failureOf(run)).toMatchObject({
      code: 'disk_full',
      advice: expect.stringMatching(/^Free some space/),
    });
    expect(await filesLeft(at)).toBe(0);
    expect(at.simulator.ledger().totals.jobs).toBe(0);
  },
);
