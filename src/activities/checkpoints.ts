import { findOverfitting, type Overfitting } from '../evaluation/index.ts';
import { attended } from './context.ts';
import type { Dependencies } from './dependencies.ts';

export interface FindCheckpointsInput {
  connection: string;
  jobId: string;
  /** The job's own model. */
  last: string;
}

export function checkpointActivities({ platforms }: Dependencies) {
  return {
    /** Which models of a job are worth evaluating: its last one, and checkpoints before training overfitted. */
    async findCheckpoints({ connection, jobId, last }: FindCheckpointsInput): Promise<Overfitting> {
      const platform = platforms.get(connection);
      return await attended(async () => {
        const curve = await platform.trainingCurve(jobId);
        return findOverfitting(last, curve, await platform.listCheckpoints(jobId));
      });
    },
  };
}
