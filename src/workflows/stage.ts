import type { Stage } from '../contract/run.ts';
import type { Run } from './run.ts';

/** Begins a stage, unless the run is paused: then when it is resumed. */
export async function enter(run: Run, stage: Stage): Promise<void> {
  await run.control.unlessPaused();
  run.progress.enter(stage);
}
