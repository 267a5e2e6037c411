import { APIError } from 'openai';
import { TunewrightError } from '../../contract/errors.ts';
import { named } from '../protocol/errors.ts';
import { request } from '../protocol/request.ts';
import { keyIn } from '../secrets.ts';
import { entraToken } from './credential.ts';
import type { AzureSettings } from './settings.ts';

/** Of `Microsoft.CognitiveServices` deployments: learn.microsoft.com/rest/api/aiservices/accountmanagement. */
const apiVersion = '2024-10-01';
const capacityAgainMs = 60_000;

/** Calls on the deployments of one account; `name` is a deployment's, empty for all, or the address of a further page. */
export type Manage = (
  what: string,
  method: 'GET' | 'PUT' | 'DELETE',
  name: string,
  options?: { body?: unknown; signal?: AbortSignal | undefined },
) => Promise<unknown>;

/** The management plane of a connection: plain requests, one attempt each. */
export function management(settings: AzureSettings, env: NodeJS.ProcessEnv): Manage {
  const { url, subscription, resourceGroup, account, tokenEnv } = settings.management;
  const parts = [subscription, 'resourceGroups', resourceGroup, 'providers', 'Microsoft.CognitiveServices', 'accounts'];
  const path = ['', 'subscriptions', ...parts, account, 'deployments'].map(encodeURIComponent).join('/');
  const entra = entraToken(new URL('/.default', url).href, tokenEnv);

  return async (what, method, name, { body, signal } = {}) =>
    await named(what, async () => {
      const address = name.startsWith('http')
        ? name
        : new URL(`${path}${name && `/${encodeURIComponent(name)}`}?api-version=${apiVersion}`, url);
      const token = keyIn(env, tokenEnv) ?? (await entra());
      const timeoutMs = settings.timeoutSeconds * 1000;
      const response = await request(address, { method, token, body, signal, timeoutMs });
      const text = await response.text();
      if (!response.ok) throw refusal(what, response, text);
      return text === '' ? undefined : (JSON.parse(text) as unknown);
    });
}

/** Lack of capacity is waiting, not failure; the rest is named as the platform's other answers are. */
function refusal(what: string, { status, headers }: Response, text: string): Error {
  const error = errorOf(text);
  if (/quota|capacity/i.test(`${error.code} ${error.message}`) && status !== 401 && status !== 403) {
    return new TunewrightError('no_capacity', `${what}: ${error.message} (HTTP ${status}, ${error.code})`, {
      advice: 'It is tried again every minute; free quota of the model in this region, or ask for more.',
      retry: 'yes',
      retryAfterMs: capacityAgainMs,
      status,
    });
  }
  return APIError.generate(status, { error }, undefined, headers);
}

function errorOf(text: string): { code: string; message: string } {
  try {
    const { code, message } = (JSON.parse(text) as { error: { code?: unknown; message?: unknown } }).error;
    return { code: String(code ?? ''), message: String(message ?? text) };
  } catch {
    return { code: '', message: text };
  }
}
