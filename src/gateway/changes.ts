import type { Context } from 'hono';
import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import { TunewrightError } from '../contract/errors.ts';
import type { Records, Watch } from '../records/index.ts';
import { errorAnswer } from './answers.ts';

/** How often a reader hears that all is as it was: proxies cut silent connections. */
const stillMs = 15_000;

/**
 * Server-sent events about what a model resolves to: `serving` with all of it, first as it is and then at each change;
 * `none` with the error when it resolves to nothing; `still` now and then when nothing has changed. Throws what a
 * look at the model throws at first.
 */
export async function streamChanges(
  c: Context,
  name: string,
  records: Records,
  watch: Watch,
  closing: AbortSignal,
): Promise<Response> {
  // Answered with a status of its own, as long as none was sent.
  let { event, data, revision } = await now(records, name);
  c.header('Cache-Control', 'no-store');
  c.header('X-Accel-Buffering', 'no');
  const answer = streamSSE(c, async (stream) => {
    const gone = new AbortController();
    stream.onAbort(() => gone.abort());
    await stream.writeSSE({ event, data });
    while (!ended(stream, closing)) {
      const signal = AbortSignal.any([gone.signal, closing, AbortSignal.timeout(stillMs)]);
      if (await watch.changed(name, revision, signal)) {
        ({ event, data, revision } = await now(records, name));
        await stream.writeSSE({ event, data });
      } else if (!ended(stream, closing)) await stream.writeSSE({ event: 'still', data: '{}' });
    }
  });
  // A connection that is kept would hold up the gateway's end.
  answer.headers.set('Connection', 'close');
  return answer;
}

function ended(stream: SSEStreamingApi, closing: AbortSignal): boolean {
  return stream.aborted || stream.closed || closing.aborted;
}

async function now(
  records: Records,
  name: string,
): Promise<{ event: string; data: string; revision: number | undefined }> {
  // Read before, so that a change in between is seen as one.
  const revision = (await records.revisions([name])).get(name);
  try {
    return { event: 'serving', data: JSON.stringify(await records.serving(name)), revision };
  } catch (error) {
    if (!(error instanceof TunewrightError) || error.code !== 'no_champion') throw error;
    return { event: 'none', data: JSON.stringify(errorAnswer(error)), revision };
  }
}
