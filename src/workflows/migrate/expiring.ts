import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { startChild } from '@temporalio/workflow';
import type { Lifetime } from '../../contract/lifetimes.ts';
import {
  type DueMigration,
  type MigrationRound,
  type MigrationRoundInput,
  migrationType,
} from '../../contract/migration.ts';
import { migrationStart } from '../../contract/migration-start.ts';
import { activities } from '../activities.ts';
import { tellExpiring } from '../expiring.ts';
import type { migrateModel } from './index.ts';
import { tellBlocked } from './told.ts';

/** A round of a schedule: tells of models in service that die soon, and carries over those whose time has come. */
export async function migrateExpiring(order: MigrationRoundInput): Promise<MigrationRound> {
  const { request, withinDays, warnWithinDays } = order;
  const { connection, baseModel } = request;
  const round: MigrationRound = { warned: [], started: [], underWay: [], left: [] };
  const due = await activities.findDueMigrations('Ask each platform how long its models live', {
    ...{ connection, baseModel },
    withinDays: Math.max(withinDays, warnWithinDays),
  });
  for (const one of due) {
    const { model, daysLeft = 0 } = one.lifetime;
    const did = daysLeft > withinDays ? await warn(one.lifetime) : await carryOver(order, one);
    round[did].push(model);
  }
  return round;
}

async function warn(lifetime: Lifetime): Promise<'warned'> {
  await tellExpiring(lifetime);
  return 'warned';
}

/** Each version is carried to a place once: what failed there, or was no better, is for a person. */
async function carryOver(
  { taskQueue, request, graceHours }: MigrationRoundInput,
  { lifetime: { model, version }, tried }: DueMigration,
): Promise<Exclude<keyof MigrationRound, 'warned'>> {
  const { connection, baseModel } = request;
  if (tried) {
    await tellBlocked(model, `${tried.run}-${version}`, {
      message: `Version ${version} of "${model}" was not carried to ${connection}/${baseModel} by the run ${tried.run}, which ended as ${tried.status}.`,
      advice: `\`tunewright show ${tried.run}\` tells why; \`tunewright migrate ${model} --to ${connection}/${baseModel}\` tries it again.`,
    });
    return 'left';
  }
  try {
    await startChild<typeof migrateModel>(migrationType, {
      ...migrationStart({ taskQueue, request: { ...request, model }, graceHours }),
      parentClosePolicy: 'ABANDON',
    });
    return 'started';
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return 'underWay';
  }
}
