import { setCurrentDetails, upsertMemo, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { dollars, spentUsd } from '../contract/cost.ts';
import { inputMemo, progressMemo } from '../contract/messages.ts';
import type { FineTuneInput, Question, RunProgress, RunStatus, Stage } from '../contract/run.ts';
import { searchAttributes } from '../contract/search-attributes.ts';

/** Keeps what a run shows: the answer of its query, its search attributes, its memo and its details in the Web UI. */
export class Progress {
  readonly now: RunProgress;
  readonly #input: FineTuneInput;
  #published = '';

  constructor(input: FineTuneInput) {
    this.#input = input;
    const { workflowId, runId } = workflowInfo();
    this.now = {
      name: workflowId,
      runId,
      attempt: input.attempt,
      ...(input.parent ? { parent: input.parent } : {}),
      status: 'running',
      stage: 'inspect',
      connection: input.config.connection,
      baseModel: input.config.model,
      startedAt: new Date().toISOString(),
      timings: [],
      cost: { simulated: false, ...(input.askedUsd === undefined ? {} : { askedUsd: input.askedUsd }) },
    };
  }

  enter(stage: Stage): void {
    if (this.now.stage === stage && this.now.timings.length > 0) return;
    this.#closeTiming();
    this.now.stage = stage;
    this.now.timings.push({ stage, startedAt: new Date().toISOString() });
    this.publish();
  }

  /** Counts what asking a model has cost, US dollars. */
  evaluated(usd: number): void {
    const { cost } = this.now;
    this.now.cost = { ...cost, evaluationUsd: (cost.evaluationUsd ?? 0) + usd };
  }

  end(status: RunStatus): void {
    this.#closeTiming();
    this.now.status = status;
    this.publish();
  }

  /** Writes the visible state. Two events a call, so it is called once a stage, with all that changed. */
  publish(): void {
    const { now } = this;
    const cost = spentUsd(now.cost) ?? now.cost.estimatedUsd;
    const attributes = [
      { key: searchAttributes.stage, value: now.stage },
      { key: searchAttributes.status, value: now.status },
      { key: searchAttributes.model, value: now.baseModel },
      ...(now.platform ? [{ key: searchAttributes.platform, value: now.platform }] : []),
      ...(now.job ? [{ key: searchAttributes.job, value: now.job.id }] : []),
      ...(cost === undefined ? [] : [{ key: searchAttributes.cost, value: cost }]),
      ...(now.scores ? [{ key: searchAttributes.score, value: now.scores.tuned.value }] : []),
    ];
    setCurrentDetails(details(now));
    const visible = JSON.stringify(attributes);
    upsertMemo({ [progressMemo]: now, ...(this.#published ? {} : { [inputMemo]: this.#input }) });
    if (visible !== this.#published) upsertSearchAttributes(attributes);
    this.#published = visible;
  }

  #closeTiming(): void {
    const last = this.now.timings.at(-1);
    if (last && !last.endedAt) last.endedAt = new Date().toISOString();
  }
}

/** Markdown for the Web UI's details pane. */
function details(now: RunProgress): string {
  const lines = [
    `**${now.status}** in stage **${now.stage}**`,
    `- model: ${now.baseModel} on ${now.platform ?? now.connection}`,
    now.job && `- job: ${now.job.url ? `[${now.job.id}](${now.job.url})` : now.job.id} (${now.job.platformStatus})`,
    (now.model ?? now.job?.model) && `- tuned model: ${now.model ?? now.job?.model}`,
    now.earlyStop && `- early stop, ${now.earlyStop.state}: ${now.earlyStop.why}`,
    now.data && `- data: ${now.data.train.examples} training, ${now.data.test.examples} held-out examples`,
    now.cost.estimatedUsd !== undefined && `- estimated cost: ${dollars(now.cost.estimatedUsd)}`,
    now.scores && `- score: base ${now.scores.base.value.toFixed(3)}, tuned ${now.scores.tuned.value.toFixed(3)}`,
    now.verdict && `- gate: **${now.verdict.decision}**. ${now.verdict.says}`,
    now.registered &&
      `- registered: ${now.registered.name} version ${now.registered.version}${now.registered.promoted ? ', champion' : ''}`,
    now.parent && `- continues: ${now.parent.name}`,
    ...questionLines(now.question),
    now.reason && `- ${now.reason.code}: ${now.reason.message}`,
  ];
  return lines.filter(Boolean).join('\n');
}

function questionLines(question: Question | undefined): string[] {
  if (!question) return [];
  const choices = question.choices.map(({ name, does }) => `  - \`${name}\`: ${does}`);
  return [`- **asks**: ${question.message} Answer with the update \`decide\`:`, ...choices];
}
