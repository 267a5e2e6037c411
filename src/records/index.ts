import { type AnswerRecords, answerRecords } from './answers.ts';
import { type CanaryRecords, canaryRecords } from './canary/index.ts';
import { type ChampionRecords, championRecords } from './champion.ts';
import type { Opened } from './database.ts';
import { type DeploymentRecords, deploymentRecords } from './deployments/index.ts';
import { type FileRecords, fileRecords } from './files.ts';
import { type LabelRecords, labelRecords } from './labels.ts';
import { migrate } from './migrations/index.ts';
import { openPostgres } from './postgres.ts';
import { type RunRecords, runRecords } from './runs.ts';
import { type ServingRecords, servingRecords } from './serving.ts';
import { openSqlite } from './sqlite.ts';
import { type VersionRecords, versionRecords } from './versions.ts';

export { deadByRecord } from './dead.ts';
export { notDeployed } from './deployments/enter.ts';
export type { UploadedFile } from './files.ts';
export { type Watch, watchRevisions } from './watch.ts';

/**
 * What outlives Temporal's retention: runs, and the registered models. Every operation is one transaction; besides what
 * each one says, all throw `records_unavailable`.
 */
export interface Records
  extends RunRecords,
    VersionRecords,
    ChampionRecords,
    CanaryRecords,
    ServingRecords,
    LabelRecords,
    FileRecords,
    AnswerRecords,
    DeploymentRecords {
  close(): Promise<void>;
}

/**
 * Opens the records at a `postgres://` URL or in the SQLite file of that path, and brings their schema up to date.
 * Throws `records_newer`; `invalid_config` where PostgreSQL's driver is missing.
 */
export async function openRecords(location: string): Promise<Records> {
  const opened = /^postgres(ql)?:\/\//.test(location) ? await openPostgres(location) : await openSqlite(location);
  const { db } = opened;
  const close = async () => await db.destroy();
  const name = namesErrors(opened);
  try {
    await name(migrate)(opened);
  } catch (error) {
    await close();
    throw error;
  }
  const operations = {
    ...runRecords(db),
    ...versionRecords(db),
    ...championRecords(db),
    ...canaryRecords(db),
    ...servingRecords(db),
    ...labelRecords(db),
    ...fileRecords(db),
    ...answerRecords(db),
    ...deploymentRecords(db),
  };
  return { ...(eachOf(operations, name) as typeof operations), close };
}

/** Opens them when they are first asked for, and again after that has failed: a process lives on while they are away. */
export function recordsAt(location: string): { open(): Promise<Records>; close(): Promise<void> } {
  let opened: Promise<Records> | undefined;
  return {
    async open() {
      opened ??= openRecords(location);
      try {
        return await opened;
      } catch (error) {
        opened = undefined;
        throw error;
      }
    },
    async close() {
      await (await opened?.catch(() => undefined))?.close();
    },
  };
}

type Operation = (...args: never[]) => Promise<unknown>;

function eachOf(operations: object, change: (operation: Operation) => Operation): object {
  return Object.fromEntries(Object.entries(operations).map(([name, operation]) => [name, change(operation)]));
}

/** What the driver throws gets a name, wherever it is thrown. */
function namesErrors({ dialect }: Opened) {
  return <A extends unknown[], T>(operation: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      try {
        return await operation(...args);
      } catch (error) {
        throw dialect.errorOf(error) ?? error;
      }
    };
}
