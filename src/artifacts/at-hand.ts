import { readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';

/** Whoever has asked for a path opens it by then. */
const inUseMs = 3_600_000;
/** Trimmed to less than the bound, so that it is not looked through at each artifact. */
const trimmedShare = 0.8;

/** Bounds the folder in which a bucket's artifacts are at hand. */
export interface AtHand {
  /** The file is wanted now. */
  used(path: string): Promise<void>;
  /** So many bytes have come; what has not been used for longest goes when they are too many. */
  grown(bytes: number): Promise<void>;
}

/** @param limitBytes passed only by files of the last hour */
export function atHand(root: string, limitBytes: number): AtHand {
  /** What lies there, by this process's account; unknown before it has looked. */
  let total: number | undefined;
  let trimming: Promise<void> | undefined;

  async function trim(): Promise<void> {
    const files = await filesIn(root);
    let left = files.reduce((sum, { bytes }) => sum + bytes, 0);
    if (left > limitBytes) {
      const before = Date.now() - inUseMs;
      for (const { path, bytes, usedAt } of files.sort((one, other) => one.usedAt - other.usedAt)) {
        if (left <= limitBytes * trimmedShare || usedAt > before) break;
        await rm(path, { force: true });
        left -= bytes;
      }
    }
    total = left;
  }

  return {
    async used(path) {
      const now = new Date();
      await utimes(path, now, now).catch(() => undefined);
    },
    async grown(bytes) {
      if (total !== undefined) total += bytes;
      if (total !== undefined && total <= limitBytes) return;
      trimming ??= trim().finally(() => {
        trimming = undefined;
      });
      await trimming;
    },
  };
}

async function filesIn(root: string): Promise<{ path: string; bytes: number; usedAt: number }[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async ({ parentPath, name }) => {
        const path = join(parentPath, name);
        const found = await stat(path).catch(() => undefined);
        return found ? [{ path, bytes: found.size, usedAt: found.mtimeMs }] : [];
      }),
  );
  return files.flat();
}
