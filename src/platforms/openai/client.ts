import OpenAI from 'openai';
import { TunewrightError } from '../../contract/errors.ts';
import type { TrainingPlatform } from '../platform.ts';
import { keyIn } from '../secrets.ts';
import type { OpenAISettings } from './settings.ts';

/** The SDK's client for a connection. Throws `missing_key`, `wrong_key`. */
export function openaiClient(settings: OpenAISettings, env: NodeJS.ProcessEnv): OpenAI {
  const apiKey = keyIn(env, settings.apiKeyEnv);
  if (!apiKey) {
    throw new TunewrightError('missing_key', `The environment variable ${settings.apiKeyEnv} is not set.`, {
      advice: `Set ${settings.apiKeyEnv} where the worker runs, or name another variable as the connection's apiKeyEnv.`,
    });
  }
  return new OpenAI({
    apiKey,
    baseURL: settings.baseURL ?? null,
    organization: settings.organization ?? null,
    project: settings.project ?? null,
    defaultHeaders: settings.headers ?? {},
    timeout: settings.timeoutSeconds * 1000,
    // The SDK would POST a failed create again on its own (2 retries, no idempotency header): Temporal retries instead.
    maxRetries: 0,
    logLevel: 'off',
  });
}

/** Models answer by their own id, wherever the client goes. */
export function openaiEndpoint(
  { baseURL, apiKey }: OpenAI,
  { organization, project, headers }: OpenAISettings,
): NonNullable<TrainingPlatform['endpoint']> {
  const all = {
    ...(organization === undefined ? {} : { 'openai-organization': organization }),
    ...(project === undefined ? {} : { 'openai-project': project }),
    authorization: `Bearer ${apiKey}`,
    ...headers,
  };
  const base = baseURL.replace(/\/$/, '');
  return async ({ model }, path) => ({ url: `${base}${path}`, headers: all, model });
}
