import type { Platform } from '../platform.ts';
import { findDeployment } from './deployments.ts';
import { azureError, resourceNotFound } from './errors.ts';
import { ownName, withAzureNames } from './names.ts';

/** A request to Azure's data plane in the words of the platform's own routes, and the way back for the answer. */
export interface Translated {
  request: Request;
  answer(own: Response): Promise<Response>;
}

const known = /^\/(files|uploads|fine_tuning\/jobs|models|chat\/completions|embeddings)(\/|$)/;
const trainingTypes = ['standard', 'globalstandard', 'developertier'];

/**
 * Azure's data plane: `/openai/v1/…`, and `/openai/…?api-version=…` with chat below `/openai/deployments/NAME`. Answers a
 * `Response` at once where the request gets no further.
 */
export async function translated(request: Request, platform: Platform): Promise<Translated | Response> {
  const url = new URL(request.url);
  const place = placeOf(url);
  if (!place || !known.test(place.path)) return resourceNotFound();
  const key =
    request.headers.get('api-key') ?? /^Bearer\s+(\S+)/i.exec(request.headers.get('authorization') ?? '')?.[1];
  if (!key)
    return azureError(
      401,
      '401',
      'Access denied due to missing subscription key. Send it as api-key, or a token as Authorization: Bearer.',
    );

  const { path } = place;
  const headers = new Headers(request.headers);
  headers.set('authorization', `Bearer ${key}`);
  url.pathname = `/v1${path.replace(/^(\/models\/)([^/]+)/, (_, models, id) => `${models}${encodeURIComponent(ownName(decodeURIComponent(id), platform))}`)}`;
  url.searchParams.delete('api-version');
  if (request.method === 'DELETE' && /^\/fine_tuning\/jobs\/[^/]+$/.test(path)) return deleteJob(path, platform);

  let body: ReadableStream | string | null = request.body;
  let trainingType: string | undefined;
  if (request.headers.get('content-type')?.startsWith('application/json') && request.body) {
    const json = (await request.json().catch(() => ({}))) as Record<string, unknown>;
    if (path === '/chat/completions' || path === '/embeddings') {
      const asked = place.deployment ?? String(json.model ?? '');
      const model = modelBehind(asked, platform);
      if (model instanceof Response) return model;
      json.model = model;
    } else if (typeof json.model === 'string') json.model = ownName(json.model, platform);
    if (path === '/fine_tuning/jobs' && json.trainingType !== undefined) {
      trainingType = String(json.trainingType);
      if (!trainingTypes.includes(trainingType.toLowerCase()))
        return azureError(400, 'invalidPayload', `The trainingType ${trainingType} is not supported.`);
      delete json.trainingType;
    }
    body = JSON.stringify(json);
    headers.delete('content-length');
  }
  const forwarded = new Request(url, {
    method: request.method,
    headers,
    body,
    signal: request.signal,
    ...(body ? { duplex: 'half' } : {}),
  });
  const creates = request.method === 'POST' && (path === '/files' || path === '/fine_tuning/jobs');
  return { request: forwarded, answer: async (own) => await asAzure(own, platform, creates) };
}

function placeOf(url: URL): { path: string; deployment?: string } | undefined {
  const v1 = /^\/openai\/v1(\/.*)$/.exec(url.pathname)?.[1];
  if (v1) return { path: v1 };
  if (!url.searchParams.get('api-version')) return undefined;
  const [, deployment, rest] =
    /^\/openai\/deployments\/([^/]+)(\/chat\/completions|\/embeddings)$/.exec(url.pathname) ?? [];
  if (deployment && rest) return { path: rest, deployment: decodeURIComponent(deployment) };
  const older = /^\/openai(\/.*)$/.exec(url.pathname)?.[1];
  // There a model answers at its deployment's own path alone.
  return older && older !== '/chat/completions' && older !== '/embeddings' ? { path: older } : undefined;
}

/** Models answer by the name of a deployment alone. */
function modelBehind(name: string, platform: Platform): string | Response {
  const one = findDeployment(platform, name);
  if (!one || one.deletedMs !== null || platform.clock.now() < one.succeededMs)
    return azureError(
      404,
      'DeploymentNotFound',
      'The API deployment for this resource does not exist. It may take minutes until a new one is known.',
    );
  if (platform.clock.now() < one.readyMs)
    return azureError(404, 'DeploymentNotReady', `The deployment ${name} is not ready to answer yet.`);
  return one.model;
}

/** Only the record goes; a model that it made stays. */
function deleteJob(path: string, { store }: Platform): Response {
  const id = path.split('/').at(-1) ?? '';
  const job = store.get<{ status: string }>('job', id);
  if (!job) return azureError(404, 'jobNotFound', 'The job does not exist.');
  if (!['succeeded', 'failed', 'cancelled'].includes(job.status))
    return azureError(409, 'conflict', 'A job that has not ended cannot be deleted.');
  store.transaction(() => {
    store.remove('job', id);
    for (const kind of ['event', 'checkpoint']) store.removeChildren(kind, id);
  });
  return new Response(null, { status: 204 });
}

async function asAzure(own: Response, platform: Platform, creates: boolean): Promise<Response> {
  if (!own.headers.get('content-type')?.startsWith('application/json')) return own;
  // A file that is being looked at is `pending` there.
  const told = (await own.text())
    .replaceAll('"status":"uploaded"', '"status":"pending"')
    // There a model says what it can do.
    .replace(/"id":"([^"]+)","object":"model",/g, (model, id: string) => {
      const tunable = (platform.models.resolve(id)?.base.methods.length ?? 0) > 0;
      return `${model}"capabilities":{"fine_tune":${tunable},"inference":true},`;
    });
  const text = withAzureNames(told, platform);
  const headers = new Headers(own.headers);
  headers.delete('content-length');
  return new Response(text, { status: creates && own.status === 200 ? 201 : own.status, headers });
}
