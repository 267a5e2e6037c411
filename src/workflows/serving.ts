import { CancellationScope } from '@temporalio/workflow';
import { activities } from './activities.ts';
import { hostingCost } from './rules.ts';
import type { Run } from './run.ts';
import { together } from './together.ts';

/** A model that answers only under a deployment. */
export interface ToServe {
  /** Part of the deployment's name, and unique within the run. */
  role: string;
  connection: string;
  model: string;
}

type Deployment = NonNullable<Parameters<typeof activities.evaluateModel>[1]['deployment']>;

/** The deployment under which a model is asked; undefined where it answers by its own name. */
export type Served = (model: Pick<ToServe, 'connection' | 'model'>) => Deployment | undefined;

const hourMs = 3_600_000;

/**
 * Does what models are needed for while they stand under deployments of this run, which are removed afterwards. What
 * stands is paid, and nobody may be looking: after the hours that the run allows they are removed, and a person decides.
 */
export async function whileServed<T>(
  run: Run,
  models: readonly ToServe[],
  use: (served: Served) => Promise<T>,
): Promise<T> {
  const { deploymentHours } = run.input.config.evaluation;
  for (;;) {
    const standing = new CancellationScope({ cancellable: true, timeout: deploymentHours * hourMs });
    try {
      const result = await standing.run(async () => await use(await serve(run, models)));
      await endServing(run);
      return result;
    } catch (error) {
      if (!standing.consideredCancelled || CancellationScope.current().consideredCancelled) throw error;
    }
    await endServing(run);
    await run.control.ask({
      code: 'evaluation_incomplete',
      message: `The deployments of this run stood for ${deploymentHours} hours, and the evaluation has not ended: they were removed.`,
      choices: [{ name: 'again', does: 'Deploys the models again, for as long again, and asks them anew.' }],
    });
    await run.control.unlessPaused();
    run.progress.enter('warmup');
  }
}

async function serve(run: Run, models: readonly ToServe[]): Promise<Served> {
  run.deployed = { names: [], since: Date.now() };
  const deployments = await together(models.map((model) => async () => await deploy(run, model)));
  return ({ connection, model }) =>
    deployments[models.findIndex((one) => one.connection === connection && one.model === model)];
}

async function deploy(run: Run, { role, connection, model }: ToServe): Promise<Deployment> {
  const name = `${run.key}-${role}`;
  run.deployed?.names.push({ connection, name });
  const { hourlyUsd, ...deployment } = await activities.deployModel(`Deploy ${model}`, { connection, model, name });
  if (deployment.own) {
    const { now } = run.progress;
    now.deployments = [...(now.deployments ?? []), { name, model, ...(hourlyUsd === undefined ? {} : { hourlyUsd }) }];
  }
  return deployment;
}

/** Removes the run's deployments and sees them gone: they are paid by the hour. */
export async function endServing(run: Run): Promise<void> {
  const { deployed, progress } = run;
  if (!deployed) return;
  for (const connection of new Set(deployed.names.map((one) => one.connection))) {
    const names = deployed.names.filter((one) => one.connection === connection).map(({ name }) => name);
    await activities.removeDeployments('Remove the deployments of this run', { connection, names });
  }
  const { now } = progress;
  const { hostingUsd } = hostingCost(now.deployments ?? [], Date.now() - deployed.since);
  if (hostingUsd !== undefined) now.cost.hostingUsd = (now.cost.hostingUsd ?? 0) + hostingUsd;
  delete now.deployments;
  run.deployed = undefined;
}
