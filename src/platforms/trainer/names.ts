import { runKeyPrefix } from '../../contract/run-key.ts';

/** Models are called `BASE`, those a job has tuned `BASE:JOB`, its checkpoints `BASE:JOB:STEP`; a job by its run's key. */
export interface ModelName {
  base: string;
  job?: string | undefined;
  step?: string | undefined;
}

export function parseModel(id: string): ModelName {
  // A tuned model can be tuned on: the last job has made it.
  const at = id.lastIndexOf(`:${runKeyPrefix}`);
  if (at < 0) return { base: id };
  const [job, step] = id.slice(at + 1).split(':');
  return { base: id.slice(0, at), job, step };
}

export function tunedModel(base: string, job: string, step?: number): string {
  return `${base}:${job}${step === undefined ? '' : `:${step}`}`;
}

/** The base of all that a model was tuned from. */
export function rootOf(id: string): string {
  return id.split(`:${runKeyPrefix}`, 1)[0] ?? id;
}
