import OpenAI, { AzureOpenAI } from 'openai';
import { keyIn } from '../secrets.ts';
import { entraToken } from './credential.ts';
import type { AzureSettings } from './settings.ts';

export const dataPlaneScope = 'https://cognitiveservices.azure.com/.default';

/** The SDK's client for the v1 surface, or for an older one where the connection names its version. */
export function azureClient(settings: AzureSettings, env: NodeJS.ProcessEnv): OpenAI {
  const { endpoint, apiVersion, apiKeyEnv, headers = {}, timeoutSeconds } = settings;
  const apiKey = keyIn(env, apiKeyEnv);
  const token = entraToken(dataPlaneScope, apiKeyEnv);
  const common = {
    timeout: timeoutSeconds * 1000,
    // The SDK would POST a failed create again on its own: Temporal retries instead.
    maxRetries: 0,
    logLevel: 'off',
  } as const;
  if (apiVersion !== undefined) {
    const access = apiKey ? { apiKey } : { azureADTokenProvider: token };
    return new AzureOpenAI({ endpoint, apiVersion, ...access, defaultHeaders: headers, ...common });
  }
  return new OpenAI({
    baseURL: new URL('/openai/v1', endpoint).href,
    // The key goes in a header of Azure's own; a token as a bearer.
    apiKey: apiKey ?? token,
    defaultHeaders: apiKey ? { ...headers, 'api-key': apiKey, authorization: null } : headers,
    ...common,
  });
}
