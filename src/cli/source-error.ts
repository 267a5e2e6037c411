import { access, constants } from 'node:fs/promises';
import { TunewrightError } from '../contract/errors.ts';
import { isPath } from '../contract/source.ts';

/** Throws `source_missing` for an address, which is no file of this machine and which `command` does not read. */
export function requirePath(named: string, command: string, advice: string): void {
  if (isPath(named)) return;
  const message = `${named} is no file of this machine, and ${command} reads no other.`;
  throw new TunewrightError('source_missing', message, { advice });
}

/** Throws {@link sourceError} for a file that cannot be read; `path` is where what a person named lies. */
export async function requireReadable(path: string, named = path): Promise<void> {
  await access(path, constants.R_OK).catch((cause: unknown) => {
    throw sourceError(named, cause);
  });
}

/** Names why a file that a person gave cannot be read: `source_missing` or `source_unreadable`. */
export function sourceError(path: string, cause: unknown): TunewrightError {
  if ((cause as NodeJS.ErrnoException).code === 'ENOENT') {
    return new TunewrightError('source_missing', `There is no file ${path}.`, { advice: 'Check the path.', cause });
  }
  return new TunewrightError('source_unreadable', `${path} cannot be read: ${(cause as Error).message}`, {
    advice: 'Give the path of a file that you may read.',
    cause,
  });
}
