import { createHash } from 'node:crypto';
import type { Resolution, Serving } from './registry.ts';

/** Where the call of that key goes; a call without a key goes to the champion. */
export function pick({ name, revision, champion, canary }: Serving, key?: string): Resolution {
  const served = canary && key !== undefined && point(name, canary.candidate.version, key) < canary.share;
  return served
    ? { name, revision, alias: 'candidate', ...canary.candidate }
    : { name, revision, alias: 'champion', ...champion };
}

/**
 * A key's place in [0, 1): the same in every process and for every share, so that a larger share only adds keys. Each
 * version draws its own, lest the same keys try out every candidate.
 */
function point(name: string, version: number, key: string): number {
  const hash = createHash('sha256').update(`${name}\n${version}\n${key}`).digest();
  return hash.readUIntBE(0, 6) / 2 ** 48;
}
