import type { ModelEvaluation } from '../contract/evaluation.ts';
import type { FineTuneInput, JobSummary } from '../contract/run.ts';
import type { RivalRole } from '../contract/verdict.ts';
import type { Control } from './control.ts';
import type { Progress } from './progress.ts';
import type { Prices } from './rules.ts';

/** What a run, or one of its tries, knows of itself while it goes on. */
export interface Run {
  /** The run's name, also of its tries: by it the platform and the account tell whose a job is. */
  readonly name: string;
  /** Once a run has chosen one of its tries, with what that one was trained by. */
  input: FineTuneInput;
  /** As it was started: what a retraining changes. */
  readonly started: FineTuneInput;
  readonly progress: Progress;
  readonly control: Control;
  /** Every remote create of the run carries it. */
  readonly key: string;
  /** No job of the run can be older, in milliseconds. */
  readonly since: number;
  /** Ids of the files uploaded for this run only. */
  readonly files: string[];
  /** Further jobs that something on the way had created, stopped when a person had chosen the one to go on with. */
  readonly stoppedJobs: JobSummary[];
  /** Set before the first remote create of each kind: from then on the platform may hold something of this run. */
  uploadBegun: boolean;
  createBegun: boolean;
  /** Deployments that this run has asked for and that may stand, since when in milliseconds. */
  deployed: { names: { connection: string; name: string }[]; since: number } | undefined;
  /** Set before the connection's account is first asked for a slot or for money. */
  inAccount: boolean;
  /** Of the models that were asked the held-out examples. */
  evaluations: { role: RivalRole | 'tuned'; connection: string; dataSha256: string; evaluation: ModelEvaluation }[];
  /** Known from the estimate on. */
  prices: Prices | undefined;
}

/** The platform's clock may be behind, and it tells whole seconds. */
const clockSkewMs = 3_600_000;

/** Nothing that is made from now on can be older, in milliseconds, whatever the platform's clock says. */
export function sinceNow(): number {
  return Date.now() - clockSkewMs;
}

/** A run that has done nothing yet. */
export function newRun(given: Pick<Run, 'name' | 'input' | 'progress' | 'control' | 'key'>): Run {
  return {
    ...given,
    started: given.input,
    since: sinceNow(),
    files: [],
    stoppedJobs: [],
    uploadBegun: false,
    createBegun: false,
    deployed: undefined,
    inAccount: false,
    evaluations: [],
    prices: undefined,
  };
}
