import { TunewrightError } from '../contract/errors.ts';
import type { GraderConfig } from '../contract/graders.ts';
import type { ModelEntry } from '../platforms/catalogue.ts';
import type { TrainingPlatform } from '../platforms/platform.ts';
import { attended } from './context.ts';
import type { Dependencies } from './dependencies.ts';
import { checkJudges } from './judges.ts';

const dayMs = 86_400_000;

export interface AccessInput {
  connection: string;
  model: string;
  method: string;
  minimumLifeDays: number;
  /** Of which the judges are looked up; runs begun before it was told lack it. */
  grader?: GraderConfig;
  /** Whether the job is to be stopped where it overfits. */
  stopEarly?: boolean;
}

export interface Access {
  platform: string;
  simulated: boolean;
  /** YYYY-MM-DD, where a date is known. */
  shutdownDate?: string;
  /** Set where models answer only under a deployment. */
  deploys?: true;
  /** Set where checkpoints are, too. */
  deploysCheckpoints?: true;
  /** Where the connection has such limits. */
  jobsAtOnce?: number;
  monthlyBudgetUsd?: number;
}

/** Before any money is spent: the account answers, the base model exists, can be tuned, and lives long enough. */
export function accessActivities({ platforms }: Dependencies) {
  return {
    async checkAccess(input: AccessInput): Promise<Access> {
      const platform = platforms.get(input.connection);
      const entry = platform.catalogueEntry(input.model);
      if (input.stopEarly) checkStops(platform, input.connection);
      // What the catalogue knows comes first: of a model that was shut down the platform only says that there is none.
      checkTunable(input, entry, Date.now());
      checkLife(input, entry?.shutdownDate, Date.now());
      const model = await attended(async () => await platform.getModel(input.model));
      const { grader, connection } = input;
      if (grader) await attended(async () => await checkJudges(platforms, connection, grader));
      const shutdownDate = earliest(model.shutdownDate, entry?.shutdownDate);
      checkLife(input, shutdownDate, Date.now());
      const monthlyBudgetUsd = platforms.monthlyBudgetUsd(input.connection);
      return {
        platform: platform.name,
        simulated: platform.simulated,
        ...(shutdownDate ? { shutdownDate } : {}),
        ...(platform.deployments ? { deploys: true } : {}),
        ...(platform.deployments?.checkpoints ? { deploysCheckpoints: true } : {}),
        ...(platform.jobsAtOnce === undefined ? {} : { jobsAtOnce: platform.jobsAtOnce }),
        ...(monthlyBudgetUsd === undefined ? {} : { monthlyBudgetUsd }),
      };
    },
  };
}

/** Checkpoints have to answer while the job is paused, and by their own names. */
function checkStops({ name, capabilities, deployments }: TrainingPlatform, connection: string): void {
  if (capabilities.pause && !deployments) return;
  const why = capabilities.pause ? 'its models answer only under deployments' : 'it cannot pause a job';
  throw new TunewrightError('refused', `No job at ${connection} (${name}) can be stopped early: ${why}.`, {
    advice: 'Leave stopEarly out, or choose another connection.',
  });
}

function checkTunable(input: AccessInput, entry: ModelEntry | undefined, now: number): void {
  if (entry && !entry.methods.includes(input.method)) {
    throw new TunewrightError('model_not_tunable', `${input.model} cannot be tuned by the method "${input.method}".`, {
      advice: `It takes: ${entry.methods.join(', ') || 'none'}. Choose another model or method.`,
    });
  }
  if (entry?.lastJobDate && now >= Date.parse(entry.lastJobDate)) {
    throw new TunewrightError(
      'training_not_available',
      `No job for ${input.model} can be created since ${entry.lastJobDate}.`,
      {
        advice: 'Choose a model, or a connection to another platform, that still trains.',
      },
    );
  }
}

function checkLife(input: AccessInput, shutdownDate: string | undefined, now: number): void {
  if (!shutdownDate) return;
  const days = Math.floor((Date.parse(shutdownDate) - now) / dayMs);
  if (days >= input.minimumLifeDays && days > 0) return;
  const message =
    days > 0
      ? `${input.model} shuts down on ${shutdownDate}, in ${days} days; the run asks for ${input.minimumLifeDays}.`
      : `${input.model} shut down on ${shutdownDate}: it has no life left.`;
  throw new TunewrightError('model_expiring', message, {
    advice: 'Choose a model with more life left, or lower minimumLifeDays if that is long enough for you.',
  });
}

function earliest(...dates: (string | undefined)[]): string | undefined {
  return dates.filter((date) => date !== undefined).sort()[0];
}
