import { existsSync } from 'node:fs';

export const trainers = new URL('../../trainers/huggingface/', import.meta.url).pathname;
export const trainerPython =
  process.env.TUNEWRIGHT_TRAINER_PYTHON ?? new URL('../../.cache/trainer/bin/python', import.meta.url).pathname;

/** Where the trainers' Python environment is missing their tests are skipped, by name: `npm run trainer` makes it. */
export const withTrainers = existsSync(trainerPython) ? describe : describe.skip;

export function trainerEnv(): NodeJS.ProcessEnv {
  // A model this small is slower on two threads than on one; nothing is to be had from a hub.
  return { ...process.env, OMP_NUM_THREADS: '1', HF_HUB_OFFLINE: '1', PYTHONPATH: trainers };
}
