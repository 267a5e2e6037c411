import {
  ApplicationFailure,
  CancellationScope,
  condition,
  getExternalWorkflowHandle,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import {
  cancelSignal,
  decideUpdate,
  jobChangedSignal,
  pauseUpdate,
  resumeUpdate,
  retrainUpdate,
  tryHeldSignal,
} from '../contract/messages.ts';
import type { Choice, Decided, DecidedBy, JobSummary, Question, RetrainRequest } from '../contract/run.ts';
import { tryType } from '../contract/tries.ts';
import { activities } from './activities.ts';
import type { Progress } from './progress.ts';

/** A run that is woken more often than this by webhooks goes on by polling alone: its history stays bounded. */
const mostWakes = 20;
/** How long a person is waited for, and who is reminded meanwhile. */
export interface Patience {
  /** Milliseconds since the epoch. */
  deadline: number;
  remindEveryMs: number;
  remind(): Promise<void>;
}

const parked = 'The run is parked: it waits for a decision.';

/** What people and webhooks ask of a running run, and what it asks of them: cancel, pause, decide, retrain, wake up. */
export class Control {
  /** The scope of the run's story: cancelling it ends the story and begins the clean-up. */
  readonly scope = new CancellationScope();
  cancelReason: string | undefined;
  retrain: RetrainRequest | undefined;
  readonly #root = CancellationScope.current();
  readonly #progress: Progress;
  readonly #seenEvents = new Set<string>();
  #paused = false;
  #woken = false;
  #decided: Decided | undefined;

  constructor(progress: Progress) {
    this.#progress = progress;
    setHandler(cancelSignal, ({ reason }) => this.cancel(reason));
    setHandler(jobChangedSignal, ({ eventId, jobId }) => {
      if (jobId !== progress.now.job?.id || this.#seenEvents.has(eventId) || this.#seenEvents.size >= mostWakes) return;
      this.#seenEvents.add(eventId);
      this.#woken = true;
    });
    setHandler(tryHeldSignal, (held) => {
      this.#paused = held;
      this.#showStatus();
    });
    setHandler(pauseUpdate, async () => await this.#pause(), { validator: () => this.#refuse(this.#whyNotPause()) });
    setHandler(resumeUpdate, async () => await this.#resume(), { validator: () => this.#refuse(this.#whyNotResume()) });
    setHandler(decideUpdate, (name: string, person: DecidedBy = {}) => this.#decide({ choice: name, ...person }), {
      validator: (name: string, _person?: DecidedBy) => this.#refuse(this.#whyNotDecide(name)),
    });
    setHandler(retrainUpdate, (request: RetrainRequest) => this.#retrain(request), {
      validator: (_request: RetrainRequest) => this.#refuse(this.#whyNotRetrain()),
    });
  }

  cancel(reason: string): void {
    // Also while a retraining winds the run up: it must not go on then.
    this.cancelReason ??= reason;
    if (!this.scope.consideredCancelled) this.scope.cancel();
  }

  /** By a signal with its reason, or by Temporal's own request. */
  get cancelled(): boolean {
    return this.cancelReason !== undefined || this.#root.consideredCancelled;
  }

  /** The story was told to end: whatever an activity failed with at that moment, this is why the run ends. */
  get stopping(): boolean {
    return this.cancelled || this.scope.consideredCancelled;
  }

  /** The retraining to go on with: a cancellation is stronger. */
  get continuation(): RetrainRequest | undefined {
    return this.cancelled ? undefined : this.retrain;
  }

  /** Returns at once, or when a paused run is resumed. */
  async unlessPaused(): Promise<void> {
    await condition(() => !this.#paused);
  }

  /** Returns when a webhook says that the job has changed. */
  async woken(): Promise<'woken'> {
    await condition(() => this.#woken);
    this.#woken = false;
    return 'woken';
  }

  /** Parks the run until a person has chosen; answers the name of the choice. What costs money is never guessed. */
  async ask(question: Question): Promise<string> {
    const decided = await this.#parked(question, async () => await condition(() => this.#decided !== undefined));
    return (decided as Decided).choice;
  }

  /** The same, but no longer than the deadline: undefined when nobody has chosen by then. */
  async askInTime(question: Question, { deadline, remindEveryMs, remind }: Patience): Promise<Decided | undefined> {
    return await this.#parked(question, async () => {
      for (;;) {
        const left = deadline - Date.now();
        if (left <= 0) return;
        if (await condition(() => this.#decided !== undefined, Math.min(left, remindEveryMs))) return;
        if (deadline > Date.now()) await remind();
      }
    });
  }

  async #parked(question: Question, wait: () => Promise<void>): Promise<Decided | undefined> {
    const { now } = this.#progress;
    // One question after the other: evaluations of several tries may ask at once.
    while (now.question) await condition(() => !now.question);
    now.question = question;
    this.#showStatus();
    try {
      await wait();
    } finally {
      delete now.question;
    }
    const decided = this.#decided;
    this.#decided = undefined;
    this.#showStatus();
    return decided;
  }

  #showStatus(): void {
    const { now } = this.#progress;
    now.status = now.question ? 'parked' : this.#paused ? 'paused' : 'running';
    this.#progress.publish();
  }

  #decide(decided: Decided): string {
    this.#decided = decided;
    return choiceOf(this.#progress.now.question, decided.choice)?.does ?? '';
  }

  async #pause(): Promise<string> {
    const { connection, stage } = this.#progress.now;
    const jobs = this.#training;
    for (const { id: jobId } of jobs) this.#showJob(await activities.pauseJob('Pause the job', { connection, jobId }));
    if (this.stopping) return 'The run is ending.';
    await this.#hold(true);
    if (jobs.length === 0) return `The run stops when its stage "${stage}" is done.`;
    const ids = jobs.map(({ id }) => id).join(', ');
    return jobs.length === 1
      ? `The job ${ids} is paused at the platform.`
      : `The jobs ${ids} are paused at the platform.`;
  }

  async #resume(): Promise<string> {
    const { connection } = this.#progress.now;
    for (const { id: jobId } of this.#training)
      this.#showJob(await activities.resumeJob('Resume the job', { connection, jobId }));
    if (this.stopping) return 'The run is ending.';
    await this.#hold(false);
    return 'The run goes on.';
  }

  /** The jobs that train now and are not stopped early: the run's own, or those of its tries. */
  get #training(): JobSummary[] {
    const { stage, job, earlyStop, tries = [] } = this.#progress.now;
    if (stage !== 'train' || (earlyStop && earlyStop.state !== 'refused')) return [];
    if (job) return [job];
    return tries.flatMap((one) => (one.status === 'training' && one.job ? [one.job] : []));
  }

  /** Tries that wait for a slot must not begin while their run is paused. */
  async #hold(held: boolean): Promise<void> {
    this.#paused = held;
    this.#showStatus();
    const { tries = [] } = this.#progress.now;
    const open = tries.filter(({ status }) => status === 'waiting' || status === 'training');
    await Promise.allSettled(
      open.map(async ({ workflow }) => await getExternalWorkflowHandle(workflow).signal(tryHeldSignal, held)),
    );
  }

  /** The job may have ended while it was asked: what is known of its end stays. */
  #showJob({ id, platformStatus }: JobSummary): void {
    const { now } = this.#progress;
    if (now.stage !== 'train') return;
    if (now.job) now.job = { ...now.job, platformStatus };
    const one = now.tries?.find(({ status, job }) => status === 'training' && job?.id === id);
    if (one?.job) one.job = { ...one.job, platformStatus };
  }

  #retrain(request: RetrainRequest): string {
    this.retrain = request;
    if (request.currentJob === 'keep') return 'The run finishes first, then it is continued with the changes.';
    this.scope.cancel();
    return 'The run is stopped and continued with the changes.';
  }

  #whyNotPause(): string | undefined {
    if (this.stopping) return 'The run is ending.';
    if (this.#progress.now.question) return parked;
    return this.#paused ? 'The run is paused already.' : undefined;
  }

  #whyNotResume(): string | undefined {
    if (this.stopping) return 'The run is ending.';
    if (this.#progress.now.question) return parked;
    // A pause whose answer was lost, or one made on the platform's own page: the job may be paused all the same.
    return this.#paused || this.#training.length > 0 ? undefined : 'The run is not paused.';
  }

  #whyNotDecide(name: string): string | undefined {
    if (this.stopping) return 'The run is ending.';
    const { question } = this.#progress.now;
    if (!question || this.#decided !== undefined) return 'The run asks nothing.';
    if (choiceOf(question, name)) return undefined;
    return `There is no choice "${name}". Choices: ${question.choices.map((choice) => choice.name).join(', ')}.`;
  }

  #whyNotRetrain(): string | undefined {
    if (workflowInfo().workflowType === tryType) return 'A try is not retrained by itself: retrain its run.';
    if (this.cancelled) return 'The run is being cancelled.';
    if (this.retrain) return 'A retraining of this run was asked for already.';
    return this.stopping ? 'The run is ending.' : undefined;
  }

  #refuse(reason: string | undefined): void {
    if (reason) throw ApplicationFailure.nonRetryable(reason, 'refused');
  }
}

function choiceOf(question: Question | undefined, name: string): Choice | undefined {
  return question?.choices.find((choice) => choice.name === name);
}
