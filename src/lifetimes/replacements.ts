import type { Method } from '../contract/config.ts';
import { TunewrightError } from '../contract/errors.ts';
import type { Replacement } from '../contract/lifetimes.ts';
import type { ModelEntry } from '../platforms/catalogue.ts';
import type { TrainingPlatform } from '../platforms/platform.ts';
import type { Platforms } from '../platforms/registry.ts';
import { earliest, lastDayBefore } from './days.ts';

/** More are no help to who has to choose. */
const mostShown = 5;

export interface Wanted {
  method: Method;
  /** YYYY-MM-DD; what dies by then is no replacement. */
  shutdownDate: string | undefined;
  /** Tokens of the longest example, where that is known. */
  longestTokens: number | undefined;
  today: string;
  /** What platforms say beside the catalogue, YYYY-MM-DD; the earlier of the two counts. */
  told?(connection: string, model: string): string | undefined;
}

/** Models of all connections that can be opened here and that could take the place of one, the longest-lived first, then the cheapest. */
export function replacementsFor(wanted: Wanted, platforms: Platforms): Replacement[] {
  const found = platforms.names.flatMap((connection) => {
    const platform = opened(platforms, connection);
    if (!platform?.capabilities.methods.includes(wanted.method)) return [];
    return platform.catalogueModels
      .map((entry) => withDate(entry, earliest(entry.shutdownDate, wanted.told?.(connection, entry.id))))
      .filter((entry) => fits(entry, wanted))
      .map((entry) => toReplacement(connection, entry));
  });
  return found.toSorted(byRank).slice(0, mostShown);
}

function withDate(entry: ModelEntry, shutdownDate: string | undefined): ModelEntry {
  return shutdownDate === undefined ? entry : { ...entry, shutdownDate };
}

/** A connection without a key here is none that anything could be moved to from here. */
function opened(platforms: Platforms, connection: string): TrainingPlatform | undefined {
  try {
    return platforms.get(connection);
  } catch (error) {
    if (error instanceof TunewrightError) return undefined;
    throw error;
  }
}

function fits(
  { methods, lastJobDate, shutdownDate, trainingContextTokens }: ModelEntry,
  { method, shutdownDate: dies, longestTokens = 0, today }: Wanted,
): boolean {
  const over = lastJobDate !== undefined && lastJobDate <= today;
  const outlives = shutdownDate === undefined || shutdownDate > (dies ?? today);
  return methods.includes(method) && !over && outlives && trainingContextTokens >= longestTokens;
}

function toReplacement(connection: string, entry: ModelEntry): Replacement {
  const { id, shutdownDate, trainingContextTokens, prices } = entry;
  const lastJobDay = lastDayBefore(entry.lastJobDate);
  return {
    connection,
    model: id,
    ...(shutdownDate ? { shutdownDate } : {}),
    ...(lastJobDay ? { lastJobDay } : {}),
    contextTokens: trainingContextTokens,
    ...(prices ? { prices: { training: prices.training, input: prices.input, output: prices.output } } : {}),
  };
}

const never = '9999-12-31';
const price = ({ prices }: Replacement) => (prices ? prices.input + prices.output : Number.POSITIVE_INFINITY);

function byRank(a: Replacement, b: Replacement): number {
  const [lifeOfA, lifeOfB] = [a.shutdownDate ?? never, b.shutdownDate ?? never];
  if (lifeOfA !== lifeOfB) return lifeOfA > lifeOfB ? -1 : 1;
  if (price(a) !== price(b)) return price(a) < price(b) ? -1 : 1;
  return `${a.connection} ${a.model}` < `${b.connection} ${b.model}` ? -1 : 1;
}
