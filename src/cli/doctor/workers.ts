import type { Client } from '@temporalio/client';
import type { Deployment, Settings } from '../../config.ts';
import { type Finding, failed } from './finding.ts';

/** Numbers of Temporal's enumerations: `TaskQueueType`, `WorkerVersioningMode`. */
const workflowTasks = 1;
const versioned = 2;

/** Whether a run that is started now finds a worker: with versions, only those of the current one take it up. */
export async function checkWorkers({ workflowService }: Client, settings: Settings): Promise<Finding> {
  const subject = 'workers';
  const { taskQueue } = settings;
  try {
    const { pollers, versioningInfo } = await workflowService.describeTaskQueue({
      namespace: settings.temporal.namespace,
      taskQueue: { name: taskQueue },
      taskQueueType: workflowTasks,
    });
    const versions = (pollers ?? []).map(({ deploymentOptions: of }) =>
      of?.workerVersioningMode === versioned ? version(of.deploymentName, of.buildId) : undefined,
    );
    const { deploymentName, buildId } = versioningInfo?.currentDeploymentVersion ?? {};
    const current = buildId ? version(deploymentName, buildId) : undefined;
    const [up] = versions.filter((one) => one !== undefined).toReversed();
    if (versions.some((one) => one?.name === current?.name && one?.buildId === current?.buildId)) {
      return { level: 'ok', subject, message: current ? `of ${shown(current)}, which is current` : 'up' };
    }
    if (!current && !up) return { level: 'skip', subject, message: `none is up on the task queue ${taskQueue}` };
    return {
      level: 'fail',
      subject,
      message: current
        ? `none is up of ${shown(current)}, which is current: runs that are started wait`
        : `no version of ${up?.name} is current: runs that are started wait`,
      advice: up
        ? `temporal worker deployment set-current-version --deployment-name ${up.name} --build-id ${up.buildId}`
        : 'Start one, or make the version that is up the current one.',
    };
  } catch (error) {
    return failed(subject, error);
  }
}

function version(name: string | null | undefined, buildId: string | null | undefined): Deployment {
  return { name: name ?? '', buildId: buildId ?? '' };
}

function shown({ name, buildId }: Deployment): string {
  return `${name} ${buildId}`;
}
