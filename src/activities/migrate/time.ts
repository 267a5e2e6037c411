import type { MigrationPlan } from '../../contract/migration.ts';
import { daysUntil } from '../../lifetimes/days.ts';
import { leadDays } from '../../lifetimes/lead.ts';
import type { Facts } from './facts.ts';

/** How long it takes, and how many days are left of those that there are. */
export function timeOf({ request, from, base, lead, today }: Facts): Required<Pick<MigrationPlan, 'time' | 'days'>> {
  const { training, evaluation, approval } = lead;
  const time = { training, evaluation, ...(request.changes?.gate?.approval === 'person' ? { approval } : {}) };
  const needed = leadDays({ approval: { hours: 0 }, ...time });
  const old = from.shutdownDate === undefined ? undefined : daysUntil(from.shutdownDate, today);
  const lastJob = base?.lastJobDate === undefined ? undefined : daysUntil(base.lastJobDate, today);
  // The job is created at once, and the old model is to live until all is done. One that is dead is waited for no more.
  const left = [...(old ? [old - needed] : []), ...(lastJob === undefined ? [] : [lastJob])];
  return {
    time,
    days: {
      ...(old === undefined ? {} : { old }),
      ...(lastJob === undefined ? {} : { lastJob }),
      ...(left.length > 0 ? { margin: Math.min(...left) } : {}),
    },
  };
}
