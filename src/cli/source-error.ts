import { TunewrightError } from '../contract/errors.ts';

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
