import { type ErrorCode, TunewrightError } from '../contract/errors.ts';
import type { AttemptState } from './chain.ts';
import type { Thing, Verdict } from './things.ts';

/** A thing at a platform, set against what runs own. */
export interface Finding {
  connection: string;
  kind: Thing['kind'];
  id: string;
  key: string;
  /** The run's name; of a foreign thing as the thing itself tells it. */
  run?: string | undefined;
  /** How that attempt of the run stands. */
  state: AttemptState;
  /** Of a job or a batch: the platform's own word. */
  platformStatus?: string | undefined;
  /** ISO time; of a model when its job was created. */
  createdAt: string;
  /** Of a deployment whose price is known, US dollars: what it costs an hour, and has cost since it was created. */
  cost?: { hourlyUsd: number; soFarUsd: number } | undefined;
  verdict: Verdict;
  /** Of a leftover, when it was to be removed; a job or a batch that is `stopping` was told to and had not ended yet. */
  outcome?: 'removed' | 'stopping' | 'failed' | undefined;
  /** Of a model that is `kept`: what a person types to delete it. */
  command?: string | undefined;
}

/** What could not be looked at, or not removed. */
export interface Problem {
  connection: string;
  /** Of the thing; absent when the whole connection is meant. */
  id?: string | undefined;
  code: ErrorCode;
  message: string;
  advice: string;
}

export interface Reconciliation {
  /** The connections that were looked at. */
  connections: string[];
  findings: Finding[];
  problems: Problem[];
}

/** What is left over and was not removed. */
export function leftovers({ findings }: Reconciliation): Finding[] {
  return findings.filter(({ verdict, outcome }) => verdict === 'leftover' && outcome !== 'removed');
}

/** A failure by name as it is reported; one without is a fault of ours and thrown on. */
export function problem(error: unknown, connection: string, id?: string): Problem {
  if (!(error instanceof TunewrightError)) throw error;
  const { code, message, advice } = error;
  return { connection, id, code, message, advice };
}

export function noKey(): TunewrightError {
  return new TunewrightError('missing_key', 'No connection has its key set: there is nothing to look at.', {
    advice: 'Set the key of a connection here as where the worker runs; `tunewright doctor` names the variables.',
  });
}
