import { activityInfo, Context } from '@temporalio/activity';
import { TunewrightError } from '../contract/errors.ts';
import { assertStillMine, heartbeat, lastHeartbeat } from './context.ts';
import { wasReset } from './reset.ts';

/** Left in the heartbeat by an attempt whose create was refused for certain: the next one has nothing to look for. */
interface Certainty {
  noEffectAtAttempt?: number;
}

const lookAgainMs = 2_000;

/**
 * Creates something at a platform exactly once, whatever was lost on the way. It is looked up first; when an earlier
 * attempt, or one that a reset has thrown away, may have created it without our hearing of it, it is looked for until
 * the platform's listing must show it.
 *
 * @param find is told whether an earlier attempt may have had its effect.
 * @param settleMs how long a listing may lag behind a creation.
 * @param details what the heartbeat carries beside, so that a create in parts is resumed.
 */
export async function createOnce<T>(
  find: (mayExist: boolean) => Promise<T | undefined>,
  create: () => Promise<T>,
  settleMs: number,
  details: () => object = () => ({}),
): Promise<T> {
  const { attempt } = activityInfo();
  const refused = attempt > 1 && lastHeartbeat<Certainty>()?.noEffectAtAttempt === attempt - 1;
  // A person who resets an activity makes its attempts begin at 1 again; what it told the server stays.
  const wasBegun = attempt > 1 || lastHeartbeat() !== undefined || (await wasReset());
  const earlierEffect = wasBegun && !refused;
  const settled = performance.now() + (earlierEffect ? settleMs : 0);
  for (;;) {
    const found = await find(earlierEffect);
    if (found !== undefined) return found;
    const leftMs = settled - performance.now();
    if (leftMs <= 0) break;
    heartbeat(details());
    await Context.current().sleep(Math.min(leftMs, lookAgainMs));
  }
  assertStillMine();
  heartbeat(details());
  try {
    return await create();
  } catch (error) {
    const certain = error instanceof TunewrightError && error.retry !== 'unsure';
    heartbeat({ ...details(), ...(certain ? ({ noEffectAtAttempt: attempt } satisfies Certainty) : {}) });
    throw error;
  }
}
