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

/** Where models answer only under a deployment, both get one of this run. */
export async function serve(run: Run, base: string, tuned: string): Promise<Served> {
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

/** Removes what {@link serve} had made and sees it gone: it is paid by the hour. */
export async function endServing(run: Run): Promise<void> {
  const { deployed, progress } = run;
  if (!deployed) return;
  const { connection } = run.input.config;
  await activities.removeDeployments('Remove the deployments of this run', { connection, names: deployed.names });
  const { now } = progress;
  now.cost = { ...now.cost, ...hostingCost(now.deployments ?? [], Date.now() - deployed.since) };
  delete now.deployments;
  run.deployed = undefined;
}
