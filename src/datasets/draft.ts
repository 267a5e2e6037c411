import { randomUUID } from 'node:crypto';
import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { TunewrightError } from '../contract/errors.ts';

/** A file that is written beside its place. */
export interface Draft {
  write(text: string): Promise<void>;
  /** Brings all of it to the disk, so that keeping it is no more than a move. */
  settle(): Promise<void>;
  /** Moves it into its place; answers its bytes. */
  keep(): Promise<number>;
  /** Removes it unless it was kept. */
  discard(): Promise<void>;
}

export interface DraftOptions {
  /** Files that are read for it. */
  inputs: readonly { path: string }[];
  /** A file that is there already is replaced. */
  force?: boolean | undefined;
}

/**
 * Begins the file `out`, or the one that it is a link to. Throws `invalid_config` where it is one of the inputs, is there
 * already, is no plain file or cannot be written, and so does writing; `disk_full` where there is no room.
 */
export async function openDraft(out: string, { inputs, force = false }: DraftOptions): Promise<Draft> {
  await refuseOverwriting(out, inputs, force);
  const target = await realpath(out).catch(() => out);
  const beside = `${target}.${randomUUID()}.part`;
  const handle = await writing(out, () => open(beside, 'wx'));
  let kept = false;
  let settled = false;
  // The disk works while the next lines are made; a failure is told by the next call.
  let pending: Promise<void> = Promise.resolve();
  let bytes = 0;
  const settle = async () => {
    if (settled) return;
    await pending;
    await writing(out, async () => {
      await handle.sync();
      await handle.close();
    });
    settled = true;
  };
  return {
    async write(text) {
      if (text === '') return;
      const content = Buffer.from(text);
      bytes += content.length;
      await pending;
      pending = writing(out, () => writeAll(handle, content));
      pending.catch(() => undefined);
    },
    settle,
    async keep() {
      await settle();
      await writing(out, () => rename(beside, target));
      kept = true;
      return bytes;
    },
    async discard() {
      if (kept) return;
      await pending.catch(() => undefined);
      await handle.close().catch(() => undefined);
      await rm(beside, { force: true });
    },
  };
}

async function writeAll(handle: FileHandle, content: Buffer): Promise<void> {
  for (let at = 0; at < content.length; ) at += (await handle.write(content, at)).bytesWritten;
}

async function refuseOverwriting(out: string, inputs: readonly { path: string }[], force: boolean): Promise<void> {
  const there = await stat(out).catch(() => undefined);
  if (there?.isDirectory()) throw unfit(`${out} is a folder.`);
  // A device would be replaced by a file.
  if (there && !there.isFile()) throw unfit(`${out} is no plain file.`);
  for (const { path } of there ? inputs : []) {
    const input = await stat(path).catch(() => undefined);
    if (input && input.dev === there?.dev && input.ino === there.ino) throw unfit(`${out} is an input too.`);
  }
  if (there && !force)
    throw unfit(`${out} is there already.`, 'Give the path of another file, or replace it with --force.');
}

function unfit(message: string, advice = 'Give the path of another file.'): TunewrightError {
  return new TunewrightError('invalid_config', message, { advice });
}

async function writing<T>(out: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    const code = String((cause as NodeJS.ErrnoException).code);
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      throw new TunewrightError('disk_full', `There is no room for ${out}.`, { advice: 'Free some space.', cause });
    }
    throw new TunewrightError('invalid_config', `${out} cannot be written (${code}).`, {
      advice: 'Give a path in a folder that exists and that you may write in.',
      cause,
    });
  }
}
