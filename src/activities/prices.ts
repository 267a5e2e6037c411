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

/** US dollars a million tokens, and the date they were looked up. */
export interface AskingPrices {
  training: number;
  input: number;
  output: number;
  /** What is paid of them by batch, where there is that. */
  batchShare?: number;
  checked: string;
}

/** The same with the share that is paid of them by batch. */
export function askingPrices(platform: TrainingPlatform, model: string): AskingPrices {
  const { training, input, output, checked } = pricesOf(platform, model);
  const batchShare = platform.batches?.priceShare;
  return { training, input, output, ...(batchShare === undefined ? {} : { batchShare }), checked };
}
