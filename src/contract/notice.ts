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
  /** A version in service dies soon, or is dead. */
  | ({ event: 'model_expiring'; message: string } & Lifetime);
