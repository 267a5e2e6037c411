import type { OpenAI } from 'openai';
import { TunewrightError } from '../contract/errors.ts';
import type { Resolution } from '../contract/registry.ts';
import type { Models } from './models.ts';

export interface WithModelsOptions {
  /** Clients for the connections at which versions may be, besides the given one: `{ azure: new AzureOpenAI(…) }`. */
  clients?: Readonly<Record<string, OpenAI>>;
  /** The connection that the given client is for; any that is not among `clients` when absent. */
  connection?: string;
  /** Only these names are looked up; every name that could be a model's when absent. */
  names?: readonly string[];
  /** The key that decides a canary, from a call's parameters: `safety_identifier`, or else `user`, when absent. */
  key?(parameters: Readonly<Record<string, unknown>>): string | undefined;
}

/** The hooks of OpenAI's client that are used here; the first is meant for subclasses. */
interface Hooks {
  prepareOptions(options: RequestOptions): Promise<void>;
  buildRequest(options: RequestOptions, context?: { retryCount?: number }): Promise<unknown>;
}

interface RequestOptions {
  body?: unknown;
}

/**
 * A client like the given one, for which the name of a registered model stands for its champion, in every call that
 * takes a `model`. Other names, streaming, types and all else stay as they are; the given client is left alone. Calls
 * throw what `resolve` throws, but for names of no model; `unknown_connection` when no client is for the version's.
 */
export function withModels<T extends OpenAI>(openai: T, models: Models, options: WithModelsOptions = {}): T {
  const client = openai.withOptions({});
  const hooks = client as unknown as Hooks;
  const prepareOptions = hooks.prepareOptions.bind(client);
  const buildRequest = hooks.buildRequest.bind(client);
  /** Bodies that name a platform's model already, with whom to ask: a retry comes by here again. */
  const routed = new WeakMap<object, Hooks | undefined>();

  hooks.prepareOptions = async (request) => {
    const { body } = request;
    if (isCall(body) && !routed.has(body)) {
      const resolution = await resolutionOf(body, models, options);
      if (resolution) {
        request.body = { ...body, model: resolution.deployment ?? resolution.modelId };
        routed.set(request.body as object, otherClient(resolution, options));
      }
    }
    await prepareOptions(request);
  };
  hooks.buildRequest = async (request, context) => {
    const { body } = request;
    const other = typeof body === 'object' && body !== null ? routed.get(body) : undefined;
    return await (other ? other.buildRequest(request, context) : buildRequest(request, context));
  };
  return client;
}

type Call = Readonly<Record<string, unknown>> & { readonly model: string };

/** Forms, as for audio, are left alone: what is registered here answers in text. */
function isCall(body: unknown): body is Call {
  if (typeof body !== 'object' || body === null) return false;
  const prototype: unknown = Object.getPrototypeOf(body);
  return (prototype === Object.prototype || prototype === null) && 'model' in body && typeof body.model === 'string';
}

async function resolutionOf(
  call: Call,
  models: Models,
  { names, key = usualKey }: WithModelsOptions,
): Promise<Resolution | undefined> {
  if (names && !names.includes(call.model)) return undefined;
  const caller = key(call);
  try {
    return await models.resolve(call.model, caller === undefined ? {} : { key: caller });
  } catch (error) {
    if (!names && error instanceof TunewrightError && error.code === 'model_unknown') return undefined;
    throw error;
  }
}

function usualKey({ safety_identifier, user }: Readonly<Record<string, unknown>>): string | undefined {
  return [safety_identifier, user].find((value) => typeof value === 'string');
}

function otherClient(
  { name, version, connection }: Resolution,
  { clients = {}, connection: own = connection }: WithModelsOptions,
): Hooks | undefined {
  if (Object.hasOwn(clients, connection)) return clients[connection] as unknown as Hooks;
  if (connection === own) return undefined;
  const message = `Version ${version} of "${name}" is at the connection "${connection}", for which there is no client.`;
  throw new TunewrightError('unknown_connection', message, { advice: 'Give withModels one in `clients`.' });
}
