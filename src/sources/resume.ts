import { TunewrightError } from '../contract/errors.ts';

/** How often in a row one attempt goes on where a connection broke; then the whole is tried again later. */
const mostResumptions = 5;
/** After so much a broken connection is the first one again. */
const muchBytes = 16 * 1024 * 1024;

/** What comes from some byte on. */
export interface Answer {
  body: AsyncIterable<Uint8Array>;
  /** Bytes of the whole, where the other side tells. */
  total?: number | undefined;
  /** The rest can be asked for, and is known to be of the same content. */
  resumable: boolean;
}

const usualSilenceMs = 60_000;

export interface ReadOptions {
  signal?: AbortSignal | undefined;
  /** After so long without a byte a connection is taken for broken; a minute when absent. */
  silenceMs?: number | undefined;
  onProgress?: ((bytesDone: number, bytesTotal: number | undefined) => void) | undefined;
}

/**
 * The bytes of something far away, asked for from where a broken connection ended. Throws `source_unreadable`, to be tried
 * again, when it breaks too often, or breaks and cannot be gone on with.
 *
 * @param name as a person knows it
 * @param open gives up when the signal is aborted, and the body with it
 */
export async function* resumed(
  name: string,
  open: (from: number, signal: AbortSignal) => Promise<Answer>,
  { signal, silenceMs = usualSilenceMs, onProgress }: ReadOptions,
): AsyncGenerator<Uint8Array> {
  let done = 0;
  for (let resumptions = 0; ; resumptions++) {
    const from = done;
    const silence = new AbortController();
    const timer = setTimeout(() => silence.abort(), silenceMs);
    let resumable = false;
    let reason: unknown;
    try {
      const answer = await open(from, signal ? AbortSignal.any([signal, silence.signal]) : silence.signal);
      const { body, total } = answer;
      resumable = answer.resumable;
      for await (const chunk of body) {
        done += chunk.length;
        onProgress?.(done, total);
        yield chunk;
        timer.refresh();
      }
      if (total === undefined || done === total) return;
    } catch (cause) {
      if (signal?.aborted || cause instanceof TunewrightError) throw cause;
      reason = cause;
    } finally {
      clearTimeout(timer);
    }
    if (done - from > muchBytes) resumptions = 0;
    if (!resumable || resumptions >= mostResumptions) throw broken(name, reason);
  }
}

function broken(name: string, cause: unknown): TunewrightError {
  return new TunewrightError('source_unreadable', `The connection broke while ${name} was read.`, {
    advice: 'It is read again; see what is on the way if it stays so.',
    retry: 'yes',
    cause,
  });
}
