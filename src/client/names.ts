import { randomInt } from 'node:crypto';
import { basename, dirname, extname } from 'node:path';
import type { RunConfig } from '../contract/config.ts';

/** No vowels and no look-alikes: neither words nor mistakes when a name is read out. */
const letters = 'bcdfghjkmnpqrstvwxz23456789';
const tailLength = 4;

/** A short readable name for a run, such as `support-intents-k7fm`. */
export function newRunName(config: RunConfig): string {
  const tail = Array.from({ length: tailLength }, () => letters[randomInt(letters.length)]).join('');
  return `${config.name ?? nameOfData(config.data.train)}-${tail}`;
}

function nameOfData(path: string): string {
  const file = basename(path, extname(path));
  const telling = /^(data|train|training|dataset)$/i.test(file) ? basename(dirname(path)) || file : file;
  return (
    telling
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 40) || 'run'
  );
}
