import { CancellationScope } from '@temporalio/workflow';
import { activities } from './activities.ts';
import { hostingCost } from './rules.ts';
import type { Run } from './run.ts';
import { together } from './together.ts';

/** What both models are asked under: their own names, or deployments that stand as long as the evaluation. */
export interface Served {
  base: Asked;
  tuned: Asked;
}

type Asked = NonNullable<Parameters<typeof activities.evaluateModel>[1]['deployment']> | undefined;

const hourMs = 3_600_000;

/**
 * Does what both models are needed for while they stand under deployments of this run, which are removed afterwards. What
 * stands is paid, and nobody may be looking: after the hours that the run allows they are removed, and a person decides.
 */
export async function whileServed<T>(
  run: Run,
  base: string,
  tuned: string,
  use: (served: Served) => Promise<T>,
): Promise<T> {
  const { deploymentHours } = run.input.config.evaluation;
  for (;;) {
    const standing = new CancellationScope({ cancellable: true, timeout: deploymentHours * hourMs });
    try {
      const result = await standing.run(async () => await use(await serve(run, base, tuned)));
      await endServing(run);
      return result;
    } catch (error) {
      if (!standing.consideredCancelled || CancellationScope.current().consideredCancelled) throw error;
    }
    await endServing(run);
    await run.control.ask({
      code: 'evaluation_incomplete',
      message: `The deployments of this run stood for ${deploymentHours} hours, and the evaluation has not ended: they were removed.`,
      choices: [{ name: 'again', does: 'Deploys both models again, for as long again, and asks them anew.' }],
    });
    await run.control.unlessPaused();
    run.progress.enter('warmup');
  }
}

async function serve(run: Run, base: string, tuned: string): Promise<Served> {
  run.deployed = { names: [], since: Date.now() };
  const [baseDeployment, tunedDeployment] = await together(
    () => deploy(run, 'base', base),
    () => deploy(run, 'tuned', tuned),
  );
  return { base: baseDeployment, tuned: tunedDeployment };
}

async function deploy(run: Run, role: 'base' | 'tuned', model: string): Promise<Asked> {
  const { connection } = run.input.config;
  const name = `${run.key}-${role}`;
  run.deployed?.names.push(name);
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
  const { connection } = run.input.config;
  await activities.removeDeployments('Remove the deployments of this run', { connection, names: deployed.names });
  const { now } = progress;
  const { hostingUsd } = hostingCost(now.deployments ?? [], Date.now() - deployed.since);
  if (hostingUsd !== undefined) now.cost.hostingUsd = (now.cost.hostingUsd ?? 0) + hostingUsd;
  delete now.deployments;
  run.deployed = undefined;
}
