import { randomUUID } from 'node:crypto';
import type { Selectable } from 'kysely';
import type { Feedback, FeedbackAnswer, Tally } from '../../contract/registry.ts';
import { pick } from '../../contract/serving.ts';
import { act } from '../act.ts';
import type { Database, Write } from '../database.ts';
import { servingOf } from '../serving.ts';
import type { CanaryRow } from '../tables.ts';
import { invalid } from '../values.ts';
import { canaryOf, endCanary, openCanaries } from './rows.ts';
import { type Look, look } from './worse.ts';

/** Who ends a canary by feedback, in the audit. */
const by = 'canary';

/** Counts one graded answer, and ends the canary when the candidate has turned out to be worse. */
export async function giveFeedback(db: Database, feedback: Feedback): Promise<FeedbackAnswer> {
  const { model, version, key } = feedback;
  if ((version === undefined) === (key === undefined)) {
    throw invalid('Feedback is on a version or on a key.', 'Give one of the two.');
  }
  return await act(db, { model, by }, async (current) => {
    const { write, at } = current;
    const [canary] = await openCanaries(write, model);
    const side = canary && (await sideOf(write, canary, feedback));
    if (!canary || !side) return { counted: false };
    const row = { canary: canary.id, id: feedback.id ?? randomUUID(), version: canary[side], passed: 0, at };
    const added = await write
      .insertInto('feedback')
      .values({ ...row, passed: feedback.passed ? 1 : 0 })
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .executeTakeFirst();
    if (!added) return { counted: false, canary: canaryOf(canary) };
    const counted = canaryOf(await count(write, canary, side, feedback.passed));
    const looked = side === 'version' ? look(counted.feedback.candidate, counted.feedback.champion) : undefined;
    if (!looked || looked.p > looked.bound) return { counted: true, canary: counted };
    const ended = whyEnded(counted.champion, counted.feedback, looked);
    await endCanary(current, ended);
    await current.nextRevision();
    return { counted: true, ended };
  });
}

/** Which column of the canary names the version that the feedback is on. */
async function sideOf(
  write: Write,
  canary: Selectable<CanaryRow>,
  { model, version, key }: Feedback,
): Promise<'version' | 'champion' | undefined> {
  const meant = version ?? pick(await servingOf(write, model), key).version;
  if (meant === canary.version) return 'version';
  return meant === canary.champion ? 'champion' : undefined;
}

async function count(write: Write, { id }: Selectable<CanaryRow>, side: 'version' | 'champion', passed: boolean) {
  const column = `${side === 'version' ? 'candidate' : 'champion'}_${passed ? 'passed' : 'failed'}` as const;
  return await write
    .updateTable('canaries')
    .set((row) => ({ [column]: row(column, '+', 1) }))
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

function whyEnded(champion: number, feedback: { candidate: Tally; champion: Tally }, { p, bound }: Look): string {
  const share = ({ passed, failed }: Tally) => `${passed} of ${passed + failed}`;
  const test = `p = ${p.toPrecision(2)}, bound ${bound.toPrecision(2)}`;
  return `worse than version ${champion}: ${share(feedback.candidate)} passed against ${share(feedback.champion)}, ${test}`;
}
