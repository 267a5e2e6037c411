import { TunewrightError } from '../contract/errors.ts';
import type { VersionDeployment } from '../contract/hosting.ts';
import { answers, begin } from '../hosting/index.ts';
import type { Records } from '../records/index.ts';
import { attended } from './context.ts';
import type { Dependencies } from './dependencies.ts';
import { deploymentsOf, removed, untilDeployed } from './deploy.ts';
import { mendableByOperator, stillPending } from './failures.ts';

export interface BeginDeploymentInput {
  model: string;
  version: number;
  by: string;
}

/** While it comes up or goes. */
const soonMs = 2_000;
/** After a failure that trying again does not mend. */
const laterMs = 60_000;

export function hostingActivities({ platforms, records }: Dependencies) {
  async function context() {
    return { platforms, records: await records() };
  }

  /** One look; throws until the deployment is seen gone. */
  async function look(id: string): Promise<void> {
    const kept = await records();
    const found = await kept.getDeployment(id);
    if (!found || found.endedAt !== undefined) return;
    const deployments = deploymentsOf(platforms.get(found.connection));
    const due = found.removeAt !== undefined && Date.parse(found.removeAt) <= Date.now();
    if (due && (await kept.leaveDeployment(id, reasonOf(found)))) {
      await removed(deployments, found.name);
      return await kept.endDeployment(id);
    }
    if (!(await comesUp(kept, found))) return;
    const { serve } = await kept.getModel(found.model);
    throw stillPending(`${found.name} answers.`, (serve?.lookSeconds ?? 0) * 1000 || soonMs);
  }

  /** Makes it where it is not there, also when it was taken away meanwhile; false for one that never can be and is given up. */
  async function comesUp(
    kept: Records,
    { id, name, modelId, connection, inService }: VersionDeployment,
  ): Promise<boolean> {
    const deployments = deploymentsOf(platforms.get(connection));
    try {
      await untilDeployed(deployments, { name, model: modelId });
      await kept.deploymentAnswers(id);
      return true;
    } catch (error) {
      const hopeless =
        error instanceof TunewrightError && error.retry === 'never' && !mendableByOperator.has(error.code);
      if (!hopeless || inService) throw error;
      // Another's of the same name is not ours to remove.
      if (error.code !== 'contradiction' && (await kept.leaveDeployment(id, error.message))) {
        await removed(deployments, name);
      }
      await kept.endDeployment(id, error.message);
      return false;
    }
  }

  return {
    /** The deployment of a version, written down and not made yet: its keeper makes it. Undefined where it needs none. */
    async beginDeployment(input: BeginDeploymentInput): Promise<{ id: string; name: string } | undefined> {
      return await attended(async () => {
        const begun = await begin(await context(), input);
        return begun && { id: begun.id, name: begun.name };
      });
    },

    /** Answers when it answers; `still_pending` until then. Throws `not_deployed` when it was given up. */
    async awaitDeployment({ id, name }: { id: string; name: string }): Promise<void> {
      await attended(async () => {
        if (!(await answers(await context(), id))) throw stillPending(`${name} does not answer yet.`, soonMs);
      });
    },

    /**
     * Keeps a deployment: it is made, made again when it vanishes while it is needed, and removed by its rule. Answers when it is
     * gone; `still_pending` until then.
     */
    async keepDeployment({ id }: { id: string }): Promise<void> {
      await attended(async () => {
        try {
          await look(id);
        } catch (error) {
          // What stands is paid: it is looked at again, whatever is wrong.
          if (!(error instanceof TunewrightError)) throw error;
          if (error.retry !== 'never') throw error;
          const { code, message, advice } = error;
          throw new TunewrightError(code, message, { advice, retry: 'yes', retryAfterMs: laterMs, cause: error });
        }
      });
    },
  };
}

function reasonOf({ readyAt }: VersionDeployment): string {
  return readyAt === undefined ? 'It did not come up in time.' : 'It was in service no more.';
}
