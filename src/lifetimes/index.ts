import { TunewrightError } from '../contract/errors.ts';
import type { LeadTime, Lifetime, Lifetimes } from '../contract/lifetimes.ts';
import type { Alias, ModelVersion, RegisteredModel } from '../contract/registry.ts';
import type { PlatformModel, TrainingPlatform } from '../platforms/platform.ts';
import { factsOf, type Platforms } from '../platforms/registry.ts';
import type { Records } from '../records/index.ts';
import { addDays, dayOf, daysUntil, earliest, lastDayBefore } from './days.ts';
import { leadDays, leadTime } from './lead.ts';
import { replacementsFor } from './replacements.ts';

interface Sources {
  records: Records;
  platforms: Platforms;
  now: Date;
}

/** How long every version in service lives yet, champions and candidates; each platform is asked for its models once. */
export async function lifetimes({ records, platforms, now }: Sources): Promise<Lifetimes> {
  const today = dayOf(now);
  const lead = await leadTime(records);
  const { ask, dateOf } = asking(platforms);
  const found: Pick<Known, 'model' | 'alias' | 'version' | 'told'>[] = [];
  for (const model of await records.listModels()) {
    for (const alias of ['champion', 'candidate'] as const) {
      const number = model[alias];
      if (number === undefined) continue;
      const version = await records.getVersion(model.name, number);
      found.push({ model, alias, version, told: await ask(version) });
    }
  }
  const versions = found.map((one) => lifetimeOf({ ...one, lead, today, platforms, dateOf }));
  return { today, lead, versions: versions.toSorted(byDeath) };
}

/** Those that die within so many days, or are dead already. */
export function expiring({ versions }: Lifetimes, withinDays: number): Lifetime[] {
  return versions.filter(({ gone, daysLeft }) => gone || (daysLeft !== undefined && daysLeft <= withinDays));
}

/** What a platform says of a version. */
interface Told {
  /** Of the model, and of its base. */
  dates: (string | undefined)[];
  gone?: boolean;
  trouble?: string;
}

/** Asks a platform once for its list; where it has none, for each model. */
function asking(platforms: Platforms) {
  const lists = new Map<string, PlatformModel[] | undefined>();
  const listOf = async (connection: string, platform: TrainingPlatform) => {
    if (!lists.has(connection)) lists.set(connection, await platform.listModels());
    return lists.get(connection);
  };
  const ask = async ({ connection, modelId, baseModel }: ModelVersion): Promise<Told> => {
    try {
      const platform = platforms.get(connection);
      const models = await listOf(connection, platform);
      const listed = models?.find(({ id }) => id === modelId);
      const base = models?.find(({ id }) => id === baseModel);
      // A list may leave out what answers all the same.
      const { shutdownDate } = listed ?? (await platform.getModel(modelId));
      return { dates: [shutdownDate, base?.shutdownDate] };
    } catch (error) {
      if (!(error instanceof TunewrightError)) throw error;
      if (error.code === 'model_not_found') return { dates: [], gone: true };
      return { dates: [], trouble: error.message };
    }
  };
  const dateOf = (connection: string, model: string) =>
    lists.get(connection)?.find(({ id }) => id === model)?.shutdownDate;
  return { ask, dateOf };
}

interface Known {
  model: RegisteredModel;
  alias: Alias;
  version: ModelVersion;
  told: Told;
  lead: LeadTime;
  today: string;
  platforms: Platforms;
  /** Of a model by its platform's word, where it was asked. */
  dateOf(connection: string, model: string): string | undefined;
}

function lifetimeOf({ model, alias, version, told, lead, today, platforms, dateOf }: Known): Lifetime {
  const { connection, modelId, baseModel, lineage } = version;
  // Without a key nothing can be asked, and what is known beforehand holds all the same.
  const entry = factsOf(platforms, connection)?.catalogueEntry(baseModel);
  const shutdownDate = earliest(...told.dates, version.shutdownDate, entry?.shutdownDate);
  const lastJobDay = lastDayBefore(entry?.lastJobDate);
  const replacements = replacementsFor(
    {
      method: lineage.adopted ? lineage.method : lineage.config.method,
      shutdownDate,
      longestTokens: lineage.adopted ? lineage.longestTokens : undefined,
      today,
      told: dateOf,
    },
    platforms,
  );
  // Begun at any hour of a day it may end a day later; and the job has to be created before its platform takes no more.
  const inTime = shutdownDate && addDays(shutdownDate, -leadDays(lead) - 1);
  const startBy = inTime && earliest(inTime, replacements[0]?.lastJobDay);
  return {
    ...{ model: model.name, version: version.version, alias, connection, modelId, baseModel },
    ...(model.owner ? { owner: model.owner } : {}),
    ...(shutdownDate ? { shutdownDate, daysLeft: daysUntil(shutdownDate, today) } : {}),
    ...(told.gone ? { gone: true, daysLeft: 0 } : {}),
    ...(lastJobDay ? { lastJobDay } : {}),
    ...(startBy ? { startBy } : {}),
    replacements,
    ...(told.trouble ? { trouble: told.trouble } : {}),
  };
}

function byDeath(a: Lifetime, b: Lifetime): number {
  const [first, second] = [a.daysLeft ?? Number.POSITIVE_INFINITY, b.daysLeft ?? Number.POSITIVE_INFINITY];
  return first === second ? a.model.localeCompare(b.model) || a.version - b.version : first - second;
}
