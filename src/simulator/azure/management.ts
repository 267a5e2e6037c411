import { type Context, Hono } from 'hono';
import { z } from 'zod';
import type { AppEnv } from '../env.ts';
import type { Platform } from '../platform.ts';
import { type DeploymentRecord, findDeployment, modelToDeploy, stateOf } from './deployments.ts';
import { azureError } from './errors.ts';

const bodyShape = z.object({
  sku: z.object({ name: z.string(), capacity: z.number().int().positive() }),
  properties: z.object({
    model: z.object({ format: z.string(), name: z.string(), version: z.string().optional() }),
  }),
});

/** Deployments by Azure's management plane, below `/subscriptions`: long-running operations, told by `provisioningState`. */
export function managementRoutes(platform: Platform): Hono<AppEnv> {
  const { store, clock, settings, ledger } = platform;
  const app = new Hono<AppEnv>();
  const account = '/:subscription/resourceGroups/:group/providers/Microsoft.CognitiveServices/accounts/:account';

  app.use(async (c, next) => {
    if (!/^Bearer\s+\S+/i.test(c.req.header('authorization') ?? ''))
      return azureError(401, 'AuthenticationFailed', "The 'Authorization' header is missing or is no bearer token.");
    if (!c.req.query('api-version'))
      return azureError(
        400,
        'MissingApiVersionParameter',
        'The api-version query parameter (?api-version=) is required.',
      );
    return await next();
  });

  const view = (one: DeploymentRecord, path: string) => ({
    id: path,
    type: 'Microsoft.CognitiveServices/accounts/deployments',
    name: one.id,
    sku: one.sku,
    properties: {
      model: { format: one.format, name: one.modelName, version: one.version ?? '1' },
      provisioningState: stateOf(one, clock.now()),
    },
    systemData: { createdAt: new Date(one.createdMs).toISOString() },
  });

  app.get(`${account}/deployments`, (c) =>
    c.json({
      value: store
        .list<DeploymentRecord>('deployment', { order: 'asc' })
        .map((one) => view(one, `${c.req.path}/${one.id}`)),
    }),
  );

  app.get(`${account}/deployments/:name`, (c) => {
    const one = findDeployment(platform, c.req.param('name'));
    return one ? c.json(view(one, c.req.path)) : missing(c);
  });

  app.put(`${account}/deployments/:name`, async (c) => {
    const name = c.req.param('name');
    const body = bodyShape.safeParse(await c.req.json().catch(() => undefined));
    if (!body.success) return azureError(400, 'InvalidRequestContent', 'The request content was invalid.');
    const { sku, properties } = body.data;
    const { format, name: modelName, version = null } = properties.model;
    const model = format === 'OpenAI' ? modelToDeploy(platform, modelName, version) : undefined;
    if (!model)
      return azureError(
        400,
        'DeploymentModelNotSupported',
        `The model 'Format:${format},Name:${modelName},Version:${version ?? ''}' of account deployment is not supported.`,
      );
    const before = findDeployment(platform, name);
    const now = clock.now();
    if (before && stateOf(before, now) !== 'Succeeded')
      return azureError(409, 'RequestConflict', 'Another operation is being performed on the deployment. Retry later.');
    const succeededMs = now + settings.current.deployMs;
    const record: DeploymentRecord = {
      id: name,
      createdMs: before?.createdMs ?? now,
      format,
      modelName,
      version,
      sku,
      model,
      succeededMs,
      readyMs: succeededMs + settings.current.deployReadyMs,
      deletedMs: null,
    };
    store.transaction(() => {
      store.put('deployment', record);
      if (!before) ledger.add({ kind: 'deployment', id: `${name}:${now}`, model: modelName });
    });
    return c.json(view(record, c.req.path), before ? 200 : 201);
  });

  app.delete(`${account}/deployments/:name`, (c) => {
    const one = findDeployment(platform, c.req.param('name'));
    if (!one) return c.body(null, 204);
    if (one.deletedMs === null) store.put('deployment', { ...one, deletedMs: clock.now() });
    return c.body(null, 202);
  });

  app.notFound(() => azureError(404, 'InvalidResourceType', 'The resource type could not be found.'));
  return app;
}

function missing(c: Context<AppEnv>): Response {
  return azureError(404, 'DeploymentNotFound', `The deployment '${c.req.param('name')}' was not found.`);
}
