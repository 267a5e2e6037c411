import type { Settings } from '../config.ts';
import { TunewrightError } from '../contract/errors.ts';
import type { ModelEntry, MostExamples, PlatformEntry } from '../platforms/catalogue.ts';
import type { Platforms } from '../platforms/registry.ts';

/** What a platform asks of a training file, and the models that can be meant. */
export interface DataLimits {
  models: readonly ModelEntry[];
  minimumExamples: number;
  mostExamples?: MostExamples | undefined;
  maximumBytes: number;
  images?: PlatformEntry['limits']['images'];
  maxTokensPerExample?: number;
  /** What those models read at once, each number once. */
  contexts: readonly number[];
  encoding?: ModelEntry['encoding'];
  without?: ModelEntry['without'];
}

/**
 * The limits of a connection, or, when none is named, of the first one that knows the model, those with a key before those
 * without; undefined when there is none. Throws `unknown_connection`, `invalid_config`.
 */
export async function limitsOf(
  settings: Settings,
  connection: string | undefined,
  model: string | undefined,
): Promise<DataLimits | undefined> {
  const { createPlatforms } = await import('../platforms/registry.ts');
  const platforms = createPlatforms(settings.connections, settings);
  const names = connection === undefined ? keyedFirst(platforms) : [connection];
  for (const name of names) {
    const { minimumExamples, mostExamples, uploadBytes: maximumBytes, images, ...facts } = platforms.facts(name);
    const entry = model === undefined ? undefined : facts.catalogueEntry(model);
    if (model !== undefined && !entry && connection === undefined) continue;
    const models = entry ? [entry] : model === undefined ? facts.catalogueModels : [];
    const contexts = [...new Set(models.map((one) => one.trainingContextTokens))];
    return {
      minimumExamples,
      ...(mostExamples ? { mostExamples } : {}),
      maximumBytes,
      ...(images ? { images } : {}),
      models,
      contexts,
      // What none of them reads is cut off whichever is taken.
      ...(models.length > 0 ? { maxTokensPerExample: Math.max(...contexts) } : {}),
      ...(entry ? { encoding: entry.encoding, without: entry.without } : {}),
    };
  }
  return undefined;
}

function keyedFirst({ names, get }: Platforms): string[] {
  const keyed = names.filter((name) => {
    try {
      return get(name) !== undefined;
    } catch (error) {
      if (error instanceof TunewrightError && error.code === 'missing_key') return false;
      throw error;
    }
  });
  return [...new Set([...keyed, ...names])];
}
