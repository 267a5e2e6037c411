import { ActivityFailure, isCancellation } from '@temporalio/workflow';
import type { ModelEvaluation } from '../contract/evaluation.ts';
import type { JobSummary, Registered } from '../contract/run.ts';
import type { RivalRole } from '../contract/verdict.ts';
import { activities } from './activities.ts';
import { askModels, type Scores, type Target } from './asking.ts';
import { approvalOf, promote } from './promotion.ts';
import type { Prices } from './rules.ts';
import type { Run } from './run.ts';
import { together } from './together.ts';

type ReportInput = Parameters<typeof activities.writeReport>[1];
type Compared = Awaited<ReturnType<typeof activities.compareModels>>;
type Champion = NonNullable<Awaited<ReturnType<typeof activities.findChampion>>>;

/** What a trained model is proved with. */
export interface Trained {
  job: JobSummary;
  parts: ReportInput['parts'];
  access: Awaited<ReturnType<typeof activities.checkAccess>>;
  prices: Prices;
  /** As it was when the run was estimated. */
  champion: Champion | undefined;
}

/** A tuned model that was compared with what else could answer, and what became of it. */
export interface Proof extends Pick<ReportInput, 'tuned' | 'rivals' | 'checkpoint'> {
  /** The platform's id of the tuned model. */
  model: string;
  parts: ReportInput['parts'];
  job: JobSummary;
  champion: Champion | undefined;
  compared: Compared;
  registered?: Registered;
}

/** The version in service of the registered model that the run names, if there is one that can be asked. */
export async function championOf({ input }: Run): Promise<Champion | undefined> {
  const { reference } = input;
  const { register } = input.config;
  if (!register) return undefined;
  const champion = await activities.findChampion(`Look up the champion of ${register}`, { model: register });
  if (!champion || champion.recorded || champion.version !== reference?.version) return champion;
  return { ...champion, recorded: reference };
}

/** The same once a job is paid: what cannot be looked up must not throw its model away. */
async function championNow(run: Run, before: Champion | undefined): Promise<Champion | undefined> {
  try {
    return await championOf(run);
  } catch (error) {
    if (error instanceof ActivityFailure && !isCancellation(error)) return before;
    throw error;
  }
}

/**
 * Evaluates the tuned model beside its base, the prompted base and the champion on the held-out examples, judges it by its
 * gate and, where it passes, promotes it. When another version became champion meanwhile it has to beat that one, too.
 */
export async function prove(run: Run, trained: Trained): Promise<Proof> {
  const { config } = run.input;
  const { now } = run.progress;
  const { parts } = trained;
  const { model, checkpoint } = await bestModel(run, trained);
  // One that was stopped early has made no model but its checkpoints.
  const job = { ...trained.job, model: trained.job.model ?? model };
  now.job = job;
  now.model = model;
  const own = { connection: config.connection, deploys: trained.access.deploys === true, prices: trained.prices };
  const base: Target = { role: 'base', model: config.model, ...own };
  const targets: Target[] = [base, { role: 'tuned', model, ...own }, ...(await promptedOf(run, base, parts))];

  let champion = await championNow(run, trained.champion);
  let scores = await askModels(run, [...targets, ...inService(champion)], parts.test);
  for (;;) {
    await run.control.unlessPaused();
    run.progress.enter('gate');
    const tuned = scores.tuned as ModelEvaluation;
    const rivals = rivalsOf(scores);
    run.evaluations = [{ role: 'tuned' as const, evaluation: tuned }, ...rivals].map((scored) => ({
      ...scored,
      connection: scored.role === 'champion' && champion ? champion.connection : config.connection,
      dataSha256: parts.test.sha256,
    }));
    const compared = await activities.compareModels('Compare the models and judge by the gate', {
      connection: config.connection,
      method: config.method,
      test: parts.test,
      gate: config.gate,
      seed: config.seed,
      tuned,
      rivals,
      expected: expectedOf(config.evaluation.prompted !== undefined, champion),
      champion: champion && { model: config.register as string, version: champion.version },
      seen: (parts.summary.test.seen ?? 0) / parts.summary.test.examples,
      shutdownDate: trained.access.shutdownDate,
    });
    const { comparison, verdict } = compared;
    now.scores = { base: comparison.base.score, tuned: comparison.tuned.score, difference: comparison.difference };
    now.verdict = { decision: verdict.decision, says: verdict.says };
    const proof: Proof = {
      model,
      job,
      parts,
      champion,
      tuned,
      rivals,
      compared,
      ...(checkpoint ? { checkpoint } : {}),
    };
    if (!config.register) return proof;

    const registered = await settle(run, proof);
    if (registered) return { ...proof, registered };
    champion = await championNow(run, champion);
    scores = { ...scores, champion: undefined, ...(await askModels(run, inService(champion), parts.test)) };
  }
}

/** Registers the model and lets its gate, or a person, decide. Undefined when the champion has changed meanwhile. */
async function settle(run: Run, proof: Proof): Promise<Registered | undefined> {
  const { now } = run.progress;
  await run.control.unlessPaused();
  run.progress.enter('promote');
  now.report = await activities.writeReport('Write the report', reportOf(run, proof));
  const { version, deploys } = await activities.registerVersion(`Register a version of ${run.input.config.register}`, {
    run: now,
    key: run.key,
    ...madeOf(run),
    ...proof,
  });
  now.registered = { name: run.input.config.register as string, version, promoted: false };
  const approval = await approvalOf(run, proof.compared.verdict, version);
  const registered = await promote(run, version, proof.champion?.version, approval, deploys);
  if (registered) now.registered = registered;
  return registered;
}

function madeOf({ input }: Run): Pick<ReportInput, 'config' | 'distilled'> {
  const { config, distilled } = input;
  return { config, ...(distilled ? { distilled } : {}) };
}

/** What of the run the report is made of. */
export function reportOf(run: Run, proof: Proof): ReportInput {
  const { job, parts, model, tuned, rivals, checkpoint, champion, compared } = proof;
  return {
    run: run.progress.now,
    ...madeOf(run),
    job,
    parts,
    model,
    tuned,
    rivals,
    details: compared.details,
    verdict: compared.verdict,
    ...(checkpoint ? { checkpoint } : {}),
    ...(champion ? { champion: { version: champion.version, model: champion.model } } : {}),
  };
}

/**
 * The job's model, or a checkpoint of it that does better on the validation examples where training has overfitted. Of a job
 * that was stopped early the best checkpoint.
 */
async function bestModel(run: Run, trained: Trained): Promise<Pick<Proof, 'model' | 'checkpoint'>> {
  const { config } = run.input;
  const { connection } = config;
  const { job, parts, access } = trained;
  const last = job.model;
  if (last !== undefined) {
    if (access.deploys && !access.deploysCheckpoints) return { model: last };
    if (!access.deploys) await activities.warmUp(`Wait for ${last} to answer`, { connection, model: last });
    if (config.evaluation.checkpoint === 'last' || !parts.validation) return { model: last };
  }
  const found = await activities.findCheckpoints('Look whether training has overfitted', {
    connection,
    jobId: job.id,
    last,
  });
  if (last !== undefined && found.candidates.length < 2) return { model: last };
  if (last === undefined) await answering(connection, found);
  const candidates: Candidates = found.candidates.length < 2 ? found.candidates : await scored(run, trained, found);
  // The first is kept unless another did better: among equals nothing has been shown.
  const best = candidates.reduce((one, other) => ((other.score ?? 0) > (one.score ?? 0) ? other : one));
  return { model: best.model, checkpoint: { chosen: best.model, why: found.why, candidates } };
}

type Found = Awaited<ReturnType<typeof activities.findCheckpoints>>;
type Candidates = NonNullable<Proof['checkpoint']>['candidates'];

/** A checkpoint of a job that is paused may be checked for safety first. */
async function answering(connection: string, { candidates }: Found): Promise<void> {
  await together(
    candidates.map(
      ({ model }) =>
        async () =>
          await activities.warmUp(`Wait for ${model} to answer`, { connection, model }),
    ),
  );
}

/** The candidates with what each scores on the validation examples. */
async function scored(run: Run, { parts, prices, access }: Trained, { candidates }: Found): Promise<Candidates> {
  const target = { connection: run.input.config.connection, deploys: access.deploys === true, prices };
  const roles = candidates.map(({ model }, at) => ({ role: `checkpoint-${at}` as const, model, ...target }));
  const scores = await askModels(run, roles, parts.validation as NonNullable<typeof parts.validation>);
  return candidates.map((candidate, at) => ({ ...candidate, score: scores[`checkpoint-${at}`]?.score.value ?? 0 }));
}

/** The base model with training examples in its prompt, where the run asks for it. */
async function promptedOf(run: Run, base: Target, { train }: ReportInput['parts']): Promise<Target[]> {
  const { method, seed, evaluation } = run.input.config;
  if (!evaluation.prompted) return [];
  const { examples } = evaluation.prompted;
  const shown = await activities.choosePrompt('Choose examples for the prompt', { method, train, examples, seed });
  return [{ ...base, role: 'prompted', shown }];
}

/** One that was shut down before any of its answers was recorded cannot be compared with. */
function inService(champion: Champion | undefined): Target[] {
  if (!champion || (champion.dead && !champion.recorded)) return [];
  const { connection, model, deploys, prices, recorded, dead } = champion;
  return [{ role: 'champion', connection, model, deploys, prices, ...(recorded ? { recorded } : {}), dead }];
}

function rivalsOf(scores: Scores): ReportInput['rivals'] {
  const roles: RivalRole[] = ['base', 'prompted', 'champion'];
  return roles.flatMap((role) => {
    const evaluation = scores[role];
    return evaluation ? [{ role, evaluation }] : [];
  });
}

function expectedOf(prompted: boolean, champion: Champion | undefined): RivalRole[] {
  const inPlace = inService(champion).length > 0;
  return ['base', ...(prompted ? (['prompted'] as const) : []), ...(inPlace ? (['champion'] as const) : [])];
}
