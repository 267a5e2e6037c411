import { openAsBlob } from 'node:fs';
import type { PlatformEntry } from './catalogue.ts';
import type { FileToUpload, UploadOptions, UploadState } from './platform.ts';

type Limits = PlatformEntry['limits'];

/** What one part may take. */
export const partTimeoutMs = 600_000;

/**
 * Sends the parts that are missing, some at a time, and notes each one's id in `state`.
 *
 * @param send one part, the first being 0; returns the id that the platform gives it
 */
export async function sendParts(
  file: FileToUpload,
  limits: Limits,
  state: UploadState,
  onProgress: UploadOptions['onProgress'],
  send: (content: Blob, part: number) => Promise<string>,
): Promise<void> {
  const blob = await openAsBlob(file.path);
  const missing = state.partIds.flatMap((id, part) => (id ? [] : [part]));
  let done = state.partIds.reduce((sum, id, part) => sum + (id ? partBytes(file, limits, part) : 0), 0);
  onProgress?.(done, state);

  const sendNext = async (): Promise<void> => {
    for (let part = missing.shift(); part !== undefined; part = missing.shift()) {
      const start = part * limits.partBytes;
      try {
        state.partIds[part] = await send(blob.slice(start, start + limits.partBytes), part);
      } catch (error) {
        // The other lanes end with the part they are at: nothing is sent on behind the caller's back.
        missing.length = 0;
        throw error;
      }
      done += partBytes(file, limits, part);
      onProgress?.(done, state);
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: limits.parallelParts }, sendNext));
  const failed = lanes.find((lane) => lane.status === 'rejected');
  if (failed) throw failed.reason;
}

export function partCount(file: FileToUpload, limits: Limits): number {
  return Math.ceil(file.bytes / limits.partBytes);
}

function partBytes(file: FileToUpload, limits: Limits, part: number): number {
  return Math.min(limits.partBytes, file.bytes - part * limits.partBytes);
}
