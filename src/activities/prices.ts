import { TunewrightError } from '../contract/errors.ts';
import type { ModelEntry } from '../platforms/catalogue.ts';
import type { TrainingPlatform } from '../platforms/platform.ts';

/** What a model costs. Throws `model_unpriced`: a budget can only be kept where prices are known. */
export function pricesOf(platform: TrainingPlatform, model: string): NonNullable<ModelEntry['prices']> {
  const entry = platform.catalogueEntry(model);
  if (entry?.prices) return entry.prices;
  const lacks = entry ? `no prices of "${model}"` : `no model "${model}"`;
  throw new TunewrightError('model_unpriced', `The catalogue knows ${lacks}, so its cost cannot be told.`, {
    advice: 'Check the name, or add the model with its prices to a catalogue of your own (TUNEWRIGHT_CATALOGUE).',
  });
}
