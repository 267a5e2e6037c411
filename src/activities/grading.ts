import type { RunConfig } from '../contract/config.ts';
import { TunewrightError } from '../contract/errors.ts';
import type { GraderConfig } from '../contract/graders.ts';
import { createGrader, type Grader, type GraderContext, moduleScript, pythonScript } from '../evaluation/index.ts';
import type { ModelEntry } from '../platforms/catalogue.ts';
import type { TrainingPlatform } from '../platforms/platform.ts';
import type { Dependencies, GraderCode } from './dependencies.ts';

const million = 1_000_000;

/** What tokens cost, US dollars; undefined where prices are not known. */
export function tokensUsd(
  prices: ModelEntry['prices'],
  { inputTokens, outputTokens }: { inputTokens: number; outputTokens: number },
): number | undefined {
  return prices && (inputTokens * prices.input + outputTokens * prices.output) / million;
}

type Uses = Pick<Dependencies, 'platforms' | 'graderCode'>;

export interface OpenGrader {
  grader: Grader;
  /** Loads the code that it runs. Throws `invalid_config`. */
  load(): Promise<void>;
  /** Ends the processes of its code. */
  close(): Promise<void>;
}

/** Throws `invalid_config`, `grader_not_allowed`. */
export function openGrader(
  uses: Uses,
  run: Pick<RunConfig, 'connection' | 'seed'> & { grader: GraderConfig },
): OpenGrader {
  const scripts: ReturnType<GraderContext['script']>[] = [];
  const context = graderContext(uses, run);
  const script: GraderContext['script'] = (source) => {
    const opened = context.script(source);
    scripts.push(opened);
    return opened;
  };
  return {
    grader: createGrader(run.grader, { ...context, script }),
    async load() {
      for (const opened of scripts) await opened.load();
    },
    async close() {
      await Promise.all(scripts.map(async (opened) => await opened.close()));
    },
  };
}

/** What a grader that runs elsewhere needs of each example: nothing is asked, and no code is run. */
export function gradersNeeds(grader: GraderConfig): Pick<Grader, 'check'> {
  const elsewhere = () => {
    throw new Error('a grader that runs elsewhere was asked to grade');
  };
  const script = { load: elsewhere, grade: elsewhere, close: elsewhere };
  return createGrader(grader, { ask: elsewhere, embed: elsewhere, script: () => script });
}

/** Judges and embeddings at the run's connection, or at the one that a grader names; code that the worker allows. */
export function graderContext(
  { platforms, graderCode = {} }: Uses,
  run: Pick<RunConfig, 'connection' | 'seed'>,
): GraderContext {
  const used = (platform: TrainingPlatform, model: string, tokens: { inputTokens: number; outputTokens: number }) => {
    const usd = tokensUsd(platform.catalogueEntry(model)?.prices, tokens);
    return { ...tokens, ...(usd === undefined ? {} : { usd }) };
  };
  return {
    async ask({ connection = run.connection, model, messages, format, sampling, maxOutputTokens, seed }, signal) {
      const platform = platforms.get(connection);
      const request = {
        model: platform.deployments?.existing(model) ?? model,
        messages,
        responseFormat: format,
        sampling,
        maxOutputTokens,
        seed: seed ?? run.seed,
        signal,
      };
      const { text, inputTokens, outputTokens, limits } = await ofJudge(model, platform.chat(request));
      return { text, use: used(platform, model, { inputTokens, outputTokens }), limits };
    },
    async embed({ connection = run.connection, model, texts }, signal) {
      const platform = platforms.get(connection);
      if (!platform.embed) throw noEmbeddings(connection);
      const request = { model: platform.deployments?.existing(model) ?? model, texts, signal };
      const { vectors, inputTokens, limits } = await ofJudge(model, platform.embed(request));
      return { vectors, use: used(platform, model, { inputTokens, outputTokens: 0 }), limits };
    },
    script: (source) => scriptOf(graderCode, source),
  };
}

/** A judge that is not there is no model under evaluation that is not there, which is waited for. */
async function ofJudge<T>(model: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof TunewrightError) || error.status !== 404) throw error;
    throw new TunewrightError('model_not_found', `There is no model ${model} to grade by.`, {
      advice: 'Mend model and connection of the grader.',
      cause: error,
    });
  }
}

function scriptOf({ python, modules }: GraderCode, source: Parameters<GraderContext['script']>[0]) {
  if ('python' in source) {
    if (python !== undefined) return pythonScript(source.python, python);
    throw notAllowed(
      'python',
      'Set TUNEWRIGHT_PYTHON_GRADERS=allow where the worker runs, if its graders can be trusted.',
    );
  }
  if (modules !== undefined) return moduleScript(source.module, modules);
  throw notAllowed('module', 'Set TUNEWRIGHT_GRADER_MODULES where the worker runs to the folder of its modules.');
}

function notAllowed(type: string, advice: string): TunewrightError {
  return new TunewrightError('grader_not_allowed', `This worker runs no graders of the type ${type}.`, { advice });
}

export function noEmbeddings(connection: string): TunewrightError {
  return new TunewrightError('invalid_config', `The connection "${connection}" has no models that embed texts.`, {
    advice: 'Name another connection in the grader, or take another evaluation_metric.',
  });
}
