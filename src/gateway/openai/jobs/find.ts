import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { runError } from '../../../client/failures.ts';
import { quoted } from '../../../client/list.ts';
import { look } from '../../../client/live.ts';
import { inputMemo, workflowType } from '../../../contract/messages.ts';
import type { FineTuneInput, RunProgress } from '../../../contract/run.ts';
import { type Asked, askedMemo } from './asked.ts';

/** A run, and how it was asked for. */
export interface Found {
  progress: RunProgress;
  input: FineTuneInput | undefined;
  /** Absent for a run that was not started over this API. */
  asked: Asked | undefined;
  /** ISO time; absent while it goes on. */
  endedAt?: string;
}

/** Undefined when there is no run of that name. Throws `temporal_unreachable`. */
export async function find(client: Client, name: string): Promise<Found | undefined> {
  try {
    const { description, progress } = await look(client, name);
    if (description.type !== workflowType) return undefined;
    const { memo, closeTime } = description;
    return {
      progress,
      input: memo?.[inputMemo] as FineTuneInput | undefined,
      asked: memo?.[askedMemo] as Asked | undefined,
      ...(closeTime ? { endedAt: closeTime.toISOString() } : {}),
    };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw runError(name, error);
  }
}

/** Names of runs, newest first, those behind `after` where it is given. */
export async function* names(client: Client, after: string | undefined): AsyncGenerator<string, void, void> {
  const last = after === undefined ? undefined : await find(client, after);
  const until = last ? ` AND StartTime <= ${quoted(last.progress.startedAt)}` : '';
  let behind = last === undefined;
  try {
    for await (const { workflowId } of client.workflow.list({
      query: `WorkflowType = ${quoted(workflowType)}${until}`,
    })) {
      if (behind) yield workflowId;
      if (workflowId === after) behind = true;
    }
  } catch (error) {
    throw runError('', error);
  }
}
