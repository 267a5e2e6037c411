import type { ArtifactRef } from '../contract/artifact.ts';
import { TunewrightError } from '../contract/errors.ts';
import { s3Failure } from '../sources/index.ts';

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException | undefined)?.code;

/** The store itself cannot be written. */
export function storeError(cause: unknown): unknown {
  switch (codeOf(cause)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new TunewrightError('disk_full', 'The artifact store is full.', {
        advice: 'Free some space where TUNEWRIGHT_ARTIFACTS points, then start the run again.',
        cause,
      });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new TunewrightError('source_unreadable', 'The artifact store cannot be read or written.', {
        advice: 'Give the worker access to the folder named by TUNEWRIGHT_ARTIFACTS.',
        cause,
      });
    case 'ENOTDIR':
    case 'EEXIST':
      return new TunewrightError('source_unreadable', 'The artifact store is not a folder.', {
        advice: 'Let TUNEWRIGHT_ARTIFACTS name a folder; it is made when it does not exist.',
        cause,
      });
    default:
      return cause;
  }
}

/** The bucket cannot be written. */
export function bucketError(cause: unknown): unknown {
  if (cause instanceof TunewrightError || (cause as Error).name === 'AbortError') return cause;
  const { kind, status, unset, refused } = s3Failure(cause);
  const message = `The bucket of the artifact store cannot be written: ${(cause as Error).message} (${kind}).`;
  return new TunewrightError('source_unreadable', message, {
    cause,
    ...(status === undefined ? {} : { status }),
    advice: bucketAdvice(kind, unset, refused),
    ...(refused || unset ? {} : { retry: 'yes' as const }),
  });
}

function bucketAdvice(kind: string, unset: boolean, refused: boolean): string {
  if (unset) return 'Give worker, gateway and command line AWS credentials and AWS_REGION, as the AWS SDK reads them.';
  if (kind === 'NoSuchBucket') return 'Make the bucket, or let TUNEWRIGHT_ARTIFACTS name one that is there.';
  if (!refused) return 'It is tried again.';
  return 'Let them have s3:GetObject, s3:PutObject and s3:AbortMultipartUpload below TUNEWRIGHT_ARTIFACTS, and s3:ListBucket on the bucket.';
}

/** What to do about a path that cannot be read, by error code; other codes are the system's refusals. */
const sourceAdvice = new Map<string | undefined, string>([
  ['EISDIR', 'Name a JSONL file in it.'],
  ['not a regular file', 'Write its content to a file and name that: a pipe or a device may never end.'],
]);

/** A file that a person named cannot be read. */
export function sourceError(path: string, cause: unknown): TunewrightError {
  const code = codeOf(cause);
  if (code === 'ENOENT') {
    return new TunewrightError('source_missing', `There is no file ${path}.`, {
      advice: 'Check the path; a relative one starts at the folder of the run file, on the machine of the worker.',
      cause,
    });
  }
  const reason = code === 'EISDIR' ? 'is a directory, not a file' : `cannot be read (${code ?? String(cause)})`;
  return new TunewrightError('source_unreadable', `${path} ${reason}.`, {
    advice: sourceAdvice.get(code) ?? "Check the file's permissions for the worker's user.",
    cause,
  });
}

export function missing(ref: ArtifactRef, cause: unknown): unknown {
  return codeOf(cause) === 'ENOENT' ? gone(ref, cause) : storeError(cause);
}

export function gone(ref: ArtifactRef, cause: unknown): TunewrightError {
  return new TunewrightError(
    'artifact_missing',
    `The artifact ${ref.sha256} is not in the store; it was put at ${ref.uri}.`,
    {
      advice:
        'Where that is another place than TUNEWRIGHT_ARTIFACTS names here, set it as the workers have it: all share one store. Otherwise put the same file back, or start the run again; and find out what removes files.',
      cause,
    },
  );
}

export function altered(ref: ArtifactRef): TunewrightError {
  return new TunewrightError('artifact_altered', `The artifact ${ref.sha256} was changed in the store.`, {
    advice: 'Put it back as it was, or remove it and start the run again; nothing but tunewright may write there.',
  });
}
