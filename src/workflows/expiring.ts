import type { Lifetime } from '../contract/lifetimes.ts';
import { activities } from './activities.ts';
import { namedFailure } from './failures.ts';
import { tell } from './telling.ts';

/** Tells of each version in service that dies soon, and fails, so that whoever watches for failed workflows sees it. */
export async function checkExpiring(withinDays: number): Promise<void> {
  const due = await activities.findExpiring('Ask each platform how long its models live', { withinDays });
  for (const version of due) await tellExpiring(version);
  if (due.length === 0) return;
  const advice = '`tunewright models expiring` tells until when each can be moved, and to what.';
  throw namedFailure('model_expiring', due.map(sentence).join('\n'), advice);
}

export async function tellExpiring(version: Lifetime): Promise<void> {
  const { model, version: number, modelId, shutdownDate, daysLeft } = version;
  await tell(`Tell that version ${number} of ${model} dies`, {
    event: 'model_expiring',
    id: `expiring-${modelId}-${shutdownDate ?? 'gone'}-${daysLeft ?? ''}`,
    ...version,
    message: sentence(version),
  });
}

function sentence({ model, version, gone, shutdownDate, daysLeft, startBy }: Lifetime): string {
  const name = `Version ${version} of "${model}"`;
  if (gone) return `${name} is not known to its platform any more.`;
  const by = startBy === undefined ? '' : `; start to move it by ${startBy}`;
  return `${name} is shut down on ${shutdownDate}, in ${daysLeft} days${by}.`;
}
