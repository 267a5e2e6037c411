import type { RunConfig } from '../contract/config.ts';
import { TunewrightError } from '../contract/errors.ts';
import type { GraderContext } from '../evaluation/index.ts';
import type { ModelEntry } from '../platforms/catalogue.ts';
import type { TrainingPlatform } from '../platforms/platform.ts';
import type { Platforms } from '../platforms/registry.ts';

const million = 1_000_000;

/** What tokens cost, US dollars; undefined where prices are not known. */
export function tokensUsd(
  prices: ModelEntry['prices'],
  { inputTokens, outputTokens }: { inputTokens: number; outputTokens: number },
): number | undefined {
  return prices && (inputTokens * prices.input + outputTokens * prices.output) / million;
}

/** Judges and embeddings at the run's connection, or at the one that a grader names. */
export function graderContext(platforms: Platforms, run: Pick<RunConfig, 'connection' | 'seed'>): GraderContext {
  const used = (platform: TrainingPlatform, model: string, tokens: { inputTokens: number; outputTokens: number }) => {
    const usd = tokensUsd(platform.catalogueEntry(model)?.prices, tokens);
    return { ...tokens, ...(usd === undefined ? {} : { usd }) };
  };
  return {
    async ask({ connection = run.connection, model, messages, format, sampling, maxOutputTokens, seed }, signal) {
      const platform = platforms.get(connection);
      const { text, inputTokens, outputTokens } = await platform.chat({
        model: platform.deployments?.existing(model) ?? model,
        messages,
        responseFormat: format,
        sampling,
        maxOutputTokens,
        seed: seed ?? run.seed,
        signal,
      });
      return { text, use: used(platform, model, { inputTokens, outputTokens }) };
    },
    async embed({ connection = run.connection, model, texts }, signal) {
      const platform = platforms.get(connection);
      if (!platform.embed) throw noEmbeddings(connection);
      const { vectors, inputTokens } = await platform.embed({
        model: platform.deployments?.existing(model) ?? model,
        texts,
        signal,
      });
      return { vectors, use: used(platform, model, { inputTokens, outputTokens: 0 }) };
    },
    script() {
      throw new TunewrightError('grader_not_allowed', 'This worker runs no code of graders.', {
        advice: 'Take another grader.',
      });
    },
  };
}

function noEmbeddings(connection: string): TunewrightError {
  return new TunewrightError('invalid_config', `The connection "${connection}" has no models that embed texts.`, {
    advice: 'Name another connection in the grader, or take another evaluation_metric.',
  });
}
