import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Evaluated } from './evaluation.ts';
import type { CancelRequest, DecidedBy, JobChanged, JobSummary, RetrainRequest, RunProgress } from './run.ts';

/** The workflow type under which runs are registered. */
export const workflowType = 'fineTune';
/** The workflow type of the evaluation that a run begins. */
export const evaluationType = 'evaluateModels';
/** The workflow type that tells again what was not taken at once. */
export const tellingType = 'tellAgain';
/** The workflow type of the scheduled check of the catalogue. */
export const catalogueCheckType = 'checkCatalogues';
export const defaultTaskQueue = 'tunewright';
/** The memo field that holds the last `RunProgress`: readable when no worker is up. */
export const progressMemo = 'tunewright';
/** The memo field that holds the run's `FineTuneInput`: what a retraining of a finished run starts from. */
export const inputMemo = 'tunewrightInput';

export const progressQuery = defineQuery<RunProgress>('progress');
export const cancelSignal = defineSignal<[CancelRequest]>('cancel');
/** From an evaluation to its run, once a model has answered everything or was stopped. */
export const evaluatedSignal = defineSignal<[Evaluated]>('evaluated');
export const jobChangedSignal = defineSignal<[JobChanged]>('jobChanged');
/** What a try tells its run once it has a job; `number` counts from 1. */
export const tryBegunSignal = defineSignal<[{ number: number; job: JobSummary }]>('tryBegun');
/** What a paused run tells its tries, and one that goes on. */
export const tryHeldSignal = defineSignal<[held: boolean]>('tryHeld');
/** Each answers with one sentence saying what now happens. */
export const pauseUpdate = defineUpdate<string>('pause');
export const resumeUpdate = defineUpdate<string>('resume');
/** Takes the name of one of the choices that a parked run gives, and who has chosen it. */
export const decideUpdate = defineUpdate<string, [choice: string, person?: DecidedBy]>('decide');
export const retrainUpdate = defineUpdate<string, [RetrainRequest]>('retrain');
