import { TunewrightError } from '../contract/errors.ts';
import { bestOfStopped, findOverfitting, type Overfitting } from '../evaluation/index.ts';
import { attended } from './context.ts';
import type { Dependencies } from './dependencies.ts';

export interface FindCheckpointsInput {
  connection: string;
  jobId: string;
  /** The job's own model; absent where the job was stopped before it had one. */
  last?: string | undefined;
}

export function checkpointActivities({ platforms }: Dependencies) {
  return {
    /**
     * Which models of a job are worth evaluating: its last one, and checkpoints before training overfitted. Of one that was
     * stopped early its best checkpoints.
     */
    async findCheckpoints({ connection, jobId, last }: FindCheckpointsInput): Promise<Overfitting> {
      const platform = platforms.get(connection);
      return await attended(async () => {
        const curve = await platform.trainingCurve(jobId);
        const checkpoints = await platform.listCheckpoints(jobId);
        if (last !== undefined) return findOverfitting(last, curve, checkpoints);
        const best = bestOfStopped(curve, checkpoints);
        if (best.candidates.length > 0) return best;
        throw new TunewrightError('not_found', `The job ${jobId} was stopped early and its checkpoints are gone.`, {
          advice: "Look on the platform's own page; `tunewright retrain` with stopEarly=false trains to the end.",
        });
      });
    },
  };
}
