import type { Settings } from '../config.ts';
import { TunewrightError } from '../contract/errors.ts';
import type { ModelEntry, MostExamples, PlatformEntry } from '../platforms/catalogue.ts';

/** What a platform asks of a training file, and the models that can be meant. */
export interface DataLimits {
  models: readonly ModelEntry[];
  minimumExamples: number;
  mostExamples?: MostExamples | undefined;
  maximumBytes: number;
  images?: PlatformEntry['limits']['images'];
  maxTokensPerExample?: number;
  encoding?: ModelEntry['encoding'];
  without?: ModelEntry['without'];
}

/**
 * The limits of a connection, or, when none is named, of the first one that can be opened and knows the model;
 * undefined when there is none. Throws `unknown_connection`, `invalid_config`, and `missing_key` of a connection named.
 */
export async function limitsOf(
  settings: Settings,
  connection: string | undefined,
  model: string | undefined,
): Promise<DataLimits | undefined> {
  const { createPlatforms } = await import('../platforms/registry.ts');
  const platforms = createPlatforms(settings.connections, settings);
  for (const name of connection === undefined ? platforms.names : [connection]) {
    try {
      const platform = platforms.get(name);
      const entry = model === undefined ? undefined : platform.catalogueEntry(model);
      if (model !== undefined && !entry && connection === undefined) continue;
      const { minimumExamples, mostExamples, uploadBytes: maximumBytes, images, catalogueModels } = platform;
      const counts = {
        minimumExamples,
        ...(mostExamples ? { mostExamples } : {}),
        maximumBytes,
        ...(images ? { images } : {}),
      };
      if (!entry) return { ...counts, models: catalogueModels };
      const { trainingContextTokens: maxTokensPerExample, encoding, without } = entry;
      return { ...counts, models: [entry], maxTokensPerExample, encoding, without };
    } catch (error) {
      const keyless = error instanceof TunewrightError && error.code === 'missing_key';
      if (!keyless || connection !== undefined) throw error;
    }
  }
  return undefined;
}
