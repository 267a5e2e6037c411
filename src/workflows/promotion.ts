import type { Decided, Registered } from '../contract/run.ts';
import type { Verdict } from '../contract/verdict.ts';
import { activities } from './activities.ts';
import { deployed } from './hosting.ts';
import type { Run } from './run.ts';
import { tell } from './telling.ts';

const hourMs = 3_600_000;
const gateItself = 'gate';

/** Who promotes the version: nobody, the gate by itself, or a person, who is waited for until the deadline. */
export async function approvalOf(run: Run, verdict: Verdict, version: number): Promise<Decided | undefined> {
  const { register, gate } = run.input.config;
  if (verdict.decision !== 'promote') return undefined;
  if (gate.approval === 'automatic') return { choice: 'promote', by: gateItself };
  const deadline = Date.now() + gate.approvalHours * hourMs;
  const message = `Version ${version} of ${register} has passed its gate and waits for approval. ${verdict.says}`;
  let reminders = 0;
  await tell('Tell that approval is waited for', notice('approval_needed'));
  const decided = await run.control.askInTime(
    {
      code: 'approval_needed',
      message,
      choices: [
        {
          name: 'promote',
          does: `Makes version ${version} the champion of ${register}; one that has become it meanwhile has to be beaten first.`,
        },
        { name: 'keep', does: 'Leaves the champion as it is; the version stays registered.' },
      ],
      deadline: new Date(deadline).toISOString(),
    },
    {
      deadline,
      remindEveryMs: gate.reminderHours * hourMs,
      remind: async () => {
        reminders += 1;
        await tell('Remind of the approval', notice('approval_reminder'));
      },
    },
  );
  return decided ?? { choice: gate.atDeadline, by: gateItself, comment: 'Nobody had answered by the deadline.' };

  function notice(event: 'approval_needed' | 'approval_reminder') {
    const { name, runId } = run.progress.now;
    const id = `${runId}-approval-${version}-${reminders}`;
    return { event, id, run: name, message, deadline: new Date(deadline).toISOString() };
  }
}

/**
 * Makes the version the champion, unless the champion is no longer the one that it was compared with: undefined then, and
 * the comparison has to be made again. Where it answers under a deployment alone that is brought up before.
 */
export async function promote(
  run: Run,
  version: number,
  champion: number | undefined,
  approval: Decided | undefined,
  deploys = false,
): Promise<Registered | undefined> {
  const name = run.input.config.register as string;
  if (approval?.choice !== 'promote') {
    const { by, comment } = approval ?? {};
    return { name, version, promoted: false, ...(by ? { approvedBy: by } : {}), ...(comment ? { comment } : {}) };
  }
  const { by = 'unknown', comment } = approval;
  if (deploys && !(await deployed(run, { model: name, version, by }))) {
    return { name, version, promoted: false, approvedBy: by, comment: 'Its deployment does not answer.' };
  }
  const { conflict } = await activities.promoteVersion(`Promote version ${version} of ${name}`, {
    model: name,
    version,
    by,
    // One request for each champion that it was shown to beat.
    requestId: `${run.key}-over-${champion ?? 'none'}`,
    expectedChampion: champion ?? null,
    reason: comment ?? run.progress.now.verdict?.says ?? '',
  });
  if (conflict) return undefined;
  return { name, version, promoted: true, approvedBy: by, ...(comment ? { comment } : {}) };
}
