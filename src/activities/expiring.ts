import type { Lifetime } from '../contract/lifetimes.ts';
import { expiring, lifetimes } from '../lifetimes/index.ts';
import { attended } from './context.ts';
import type { Dependencies } from './dependencies.ts';

/** More would be too much for a history; those that die first are among them. */
const mostTold = 40;

export function expiringActivities({ platforms, records }: Dependencies) {
  return {
    /** Versions in service that die within so many days, with what could take their place first. */
    async findExpiring({ withinDays }: { withinDays: number }): Promise<Lifetime[]> {
      return await attended(async () => {
        const all = await lifetimes({ records: await records(), platforms, now: new Date() });
        const due = expiring(all, withinDays).slice(0, mostTold);
        return due.map((version) => ({ ...version, replacements: version.replacements.slice(0, 1) }));
      });
    },
  };
}
