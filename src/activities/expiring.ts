import type { Lifetime } from '../contract/lifetimes.ts';
import { type DueMigration, type MigrationRequest, migrationRunName } from '../contract/migration.ts';
import { expiring, lifetimes } from '../lifetimes/index.ts';
import { attended } from './context.ts';
import type { Dependencies } from './dependencies.ts';

/** More would be too much for a history; those that die first are among them. */
const mostTold = 40;

const mostRuns = 1_000;

export interface DueQuery extends Pick<MigrationRequest, 'connection' | 'baseModel'> {
  withinDays: number;
}

export function expiringActivities({ platforms, records }: Dependencies) {
  return {
    /** Versions in service that die within so many days, with what could take their place first. */
    async findExpiring({ withinDays }: { withinDays: number }): Promise<Lifetime[]> {
      return await attended(async () => {
        const all = await lifetimes({ records: await records(), platforms, now: new Date() });
        return expiring(all, withinDays).slice(0, mostTold).map(brief);
      });
    },

    /** Models in service that die within so many days, and of each whether it was tried already to carry it there. */
    async findDueMigrations({ withinDays, connection, baseModel }: DueQuery): Promise<DueMigration[]> {
      return await attended(async () => {
        const kept = await records();
        const all = await lifetimes({ records: kept, platforms, now: new Date() });
        const due = expiring(all, withinDays).filter(({ alias }) => alias === 'champion');
        const found: DueMigration[] = [];
        for (const lifetime of due.slice(0, mostTold)) {
          const { promoted, createdAt } = await kept.getVersion(lifetime.model, lifetime.version);
          const since = promoted?.at ?? createdAt;
          const { runs } = await kept.listRuns({ connection, baseModel, since, limit: mostRuns });
          const last = runs.find(({ config }) => config.name === migrationRunName(lifetime.model));
          const { name: run, status } = last?.progress ?? {};
          found.push({ lifetime: brief(lifetime), ...(run && status ? { tried: { run, status } } : {}) });
        }
        return found;
      });
    },
  };
}

/** What could take its place first is enough to be told. */
function brief(version: Lifetime): Lifetime {
  return { ...version, replacements: version.replacements.slice(0, 1) };
}
