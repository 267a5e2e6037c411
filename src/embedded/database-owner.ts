import { readFile, stat, writeFile } from 'node:fs/promises';
import { isNativeError } from 'node:util/types';
import { z } from 'zod';
import { TunewrightError } from '../contract/errors.ts';
import { accepts } from './ports.ts';

const ownerSchema = z.object({ pid: z.int(), host: z.string(), port: z.int() });
const startLimitMs = 30_000;

/** The dev server that a database file belongs to. */
export type DatabaseOwner = z.infer<typeof ownerSchema>;

const noteOf = (dbFile: string) => `${dbFile}.owner`;

/** Notes beside the database whose it is from now on. */
export const noteOwner = (dbFile: string, owner: DatabaseOwner): Promise<void> =>
  writeFile(noteOf(dbFile), JSON.stringify(owner));

/**
 * Two servers on one SQLite file both start, and then both run its workflows: so the second is refused. A note whose
 * process is gone, or whose port has gone silent after the time of a start, is a dead server's.
 *
 * @throws TunewrightError `refused` when a living dev server uses the file
 */
export async function refuseSecondServer(dbFile: string): Promise<void> {
  const owner = await readOwner(dbFile);
  if (!owner || !isAlive(owner.pid)) return;
  const age = Date.now() - (await stat(noteOf(dbFile))).mtimeMs;
  if (age > startLimitMs && !(await accepts(owner.host, owner.port))) return;
  throw new TunewrightError(
    'refused',
    `Another Temporal dev server (process ${owner.pid}, ${owner.host}:${owner.port}) is using ${dbFile}.`,
    { advice: 'Use the one that runs, or stop it first.' },
  );
}

async function readOwner(dbFile: string): Promise<DatabaseOwner | undefined> {
  try {
    return ownerSchema.parse(JSON.parse(await readFile(noteOf(dbFile), 'utf8')));
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isNativeError(error) && 'code' in error && error.code === 'EPERM';
  }
}
