import { access, constants, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Settings } from '../../config.ts';
import { type Finding, failed } from './finding.ts';

const gibibyte = 1024 ** 3;
/** Data sets are kept as they were: below this an ordinary one no longer fits. */
const scarceBytes = 2 * gibibyte;
const tooFewBytes = 0.1 * gibibyte;

export function checkNode(): Finding {
  return { level: 'ok', subject: 'Node.js', message: process.versions.node };
}

export async function checkDataDirectory({ dataDirectory }: Settings): Promise<Finding> {
  const subject = 'data directory';
  try {
    await access(dataDirectory, constants.R_OK | constants.X_OK);
    return { level: 'ok', subject, message: dataDirectory };
  } catch (error) {
    return { ...failed(subject, error), advice: 'Point TUNEWRIGHT_DATA at a folder that this user may read.' };
  }
}

/** Free space where artifacts go; `free` tells it in bytes. */
export async function checkDisk({ artifacts }: Settings, free = freeBytes): Promise<Finding> {
  const subject = 'free disk';
  const bytes = await free(artifacts);
  const message = `${(bytes / gibibyte).toFixed(1)} GiB for ${artifacts}`;
  if (bytes >= scarceBytes) return { level: 'ok', subject, message };
  const advice = 'Free some space, or point TUNEWRIGHT_ARTIFACTS at a larger disk.';
  return { level: bytes < tooFewBytes ? 'fail' : 'warn', subject, message, advice };
}

/** Of the nearest folder that is there already. */
async function freeBytes(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch (error) {
    const above = dirname(folder);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || above === folder) throw error;
    return await freeBytes(above);
  }
}
