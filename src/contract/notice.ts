import type { Lifetime } from './lifetimes.ts';
import type { Cost, Registered, RunStatus } from './run.ts';
import type { Verdict } from './verdict.ts';

/** What those who do not watch are told. */
export type Notice =
  | {
      event: 'approval_needed' | 'approval_reminder';
      run: string;
      message: string;
      /** ISO time. */
      deadline: string;
    }
  | {
      event: 'run_ended';
      run: string;
      status: RunStatus;
      message: string;
      verdict?: Pick<Verdict, 'decision' | 'says'>;
      registered?: Registered;
      cost: Cost;
    }
  /** A schedule carries a model over: what that comes to, and when it begins. */
  | {
      event: 'migration_planned';
      model: string;
      message: string;
      /** The workflow that does it: cancelling it stops it. */
      migration: string;
      /** ISO time. */
      begins: string;
      estimateUsd?: number;
      notes: string[];
    }
  /** A schedule cannot carry a model over, and a person has to mend something. */
  | { event: 'migration_blocked'; model: string; message: string; advice: string }
  /** A version in service dies soon, or is dead. */
  | ({ event: 'model_expiring'; message: string } & Lifetime);

/** A notice under the id by which whoever takes it knows a second one. */
export type Told = Notice & { id: string };
