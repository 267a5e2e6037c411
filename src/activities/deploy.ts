import { TunewrightError } from '../contract/errors.ts';
import type { Deployments, TrainingPlatform } from '../platforms/platform.ts';
import { assertStillMine, attended } from './context.ts';
import type { Dependencies } from './dependencies.ts';
import { stillPending } from './failures.ts';

export interface DeployInput {
  connection: string;
  model: string;
  /** Of a deployment that is made for this run, when none answers for the model by configuration. */
  name: string;
}

/** The deployment under which a model is asked. */
export interface Deployment {
  name: string;
  /** Made for this run, and removed when it has been evaluated. */
  own: boolean;
  /** What it costs while it stands, US dollars an hour, where that is known. */
  hourlyUsd?: number;
}

export interface RemoveDeploymentsInput {
  connection: string;
  names: string[];
}

const lookAgainMs = 5_000;

export function deployActivities({ platforms }: Dependencies) {
  return {
    /** One look at the deployment, which is created when there is none; `still_pending` until it answers. */
    async deployModel({ connection, model, name }: DeployInput): Promise<Deployment> {
      const deployments = deploymentsOf(platforms.get(connection));
      const existing = deployments.existing(model);
      if (existing !== undefined) return { name: existing, own: false };
      const hourlyUsd = deployments.hourlyUsd(model);
      await attended(async () => await untilDeployed(deployments, { name, model }));
      return { name, own: true, ...(hourlyUsd === undefined ? {} : { hourlyUsd }) };
    },

    /** Removes deployments of the run; `still_pending` until they are seen gone, which is when they cost no more. */
    async removeDeployments({ connection, names }: RemoveDeploymentsInput): Promise<void> {
      const deployments = deploymentsOf(platforms.get(connection));
      await attended(async () => {
        for (const name of names) await removed(deployments, name);
      });
    },
  };
}

/** Removes it and sees it gone. What stands is paid: whatever the platform answers, it is tried again. */
export async function removed(deployments: Deployments, name: string): Promise<void> {
  try {
    await deployments.remove(name);
    if (!(await stands(deployments, name))) return;
  } catch (error) {
    if (!(error instanceof TunewrightError)) throw error;
    const { code, message, advice, retryAfterMs = lookAgainMs } = error;
    throw new TunewrightError(code, message, { advice, retry: 'yes', retryAfterMs, cause: error });
  }
  throw stillPending(`Waiting for the deployment ${name} to be gone.`, lookAgainMs);
}

/** One that has failed answers nobody, and its removal was taken. */
async function stands(deployments: Deployments, name: string): Promise<boolean> {
  try {
    return (await deployments.state(name)) !== 'gone';
  } catch (error) {
    if (error instanceof TunewrightError && error.code === 'refused') return false;
    throw error;
  }
}

/** Creates it when there is none, also when it has vanished meanwhile. Throws `still_pending` unless it answers. */
export async function untilDeployed(
  deployments: Deployments,
  deployment: { name: string; model: string },
): Promise<void> {
  const state = await deployments.state(deployment.name);
  if (state === 'ready') return;
  if (state === 'gone') {
    assertStillMine();
    await deployments.create(deployment);
  }
  throw stillPending(`The deployment ${deployment.name} of ${deployment.model} does not answer yet.`, lookAgainMs);
}

export function deploymentsOf({ name, deployments }: TrainingPlatform): Deployments {
  if (deployments) return deployments;
  throw new TunewrightError('invalid_config', `${name} has no deployments, but the run began on a platform that has.`, {
    advice: 'Give the connection the platform back with which the run began.',
  });
}
