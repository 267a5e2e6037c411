import { Hono } from 'hono';
import type { Logger } from 'pino';
import { TunewrightError } from '../../contract/errors.ts';
import type { Platforms } from '../../platforms/registry.ts';
import type { Records } from '../../records/index.ts';
import type { Caller } from '../access.ts';
import { modelNotFound } from './errors.ts';
import { remembering } from './remembering.ts';
import type { Routes } from './routes.ts';

export interface ModelsContext {
  records(): Promise<Records>;
  platforms: Platforms;
  routes: Routes;
  /** Its models go by their own ids. */
  usual: string | undefined;
  logger: Logger;
}

/** A model in the words of OpenAI's API. */
interface ModelObject {
  id: string;
  object: 'model';
  /** Seconds since 1970; 0 where it is not known. */
  created: number;
  owned_by: string;
  /** YYYY-MM-DD */
  shutdown_date?: string;
}

const rememberedMs = 10_000;
const longestMs = 5_000;

/** `/models`: the registered ones, and those of all connections as CONNECTION/MODEL. */
export function models({ records, platforms, routes, usual, logger }: ModelsContext): Hono<Caller> {
  const app = new Hono<Caller>();

  /** Nothing of a connection that cannot be asked now: the others are of use without it. */
  const ofConnection = remembering(async (connection: string): Promise<ModelObject[]> => {
    try {
      const found = await platforms.get(connection).listModels(AbortSignal.timeout(longestMs));
      return (found ?? []).map(({ id, shutdownDate }) =>
        view(connection === usual ? id : `${connection}/${id}`, connection, shutdownDate),
      );
    } catch (error) {
      logger.debug({ connection, err: error }, 'a connection does not list its models');
      return [];
    }
  }, rememberedMs);

  async function registered(): Promise<ModelObject[]> {
    const all = await (await records()).listModels();
    return all
      .filter(({ champion }) => champion !== undefined)
      .map(({ name, createdAt }) => ({
        ...view(name, 'tunewright'),
        created: Math.floor(Date.parse(createdAt) / 1000),
      }));
  }

  app.get('/', async (c) => {
    const lists = await Promise.all([registered(), ...platforms.names.map(ofConnection)]);
    return c.json({ object: 'list', data: lists.flat() });
  });

  // Some clients encode the slash in it, others do not.
  app.get('/:id{.+}', async (c) => {
    const id = c.req.param('id');
    const { model, targets } = await routes.of(id, undefined);
    if (model !== undefined) {
      const { createdAt } = await (await records()).getModel(model);
      return c.json({ ...view(id, 'tunewright'), created: Math.floor(Date.parse(createdAt) / 1000) });
    }
    const [{ connection, modelId }] = targets;
    try {
      const { shutdownDate } = await platforms.get(connection).getModel(modelId, c.req.raw.signal);
      return c.json(view(id, connection, shutdownDate));
    } catch (error) {
      throw error instanceof TunewrightError && error.code === 'model_not_found' ? modelNotFound(id) : error;
    }
  });
  return app;
}

function view(id: string, owner: string, shutdownDate?: string): ModelObject {
  const dates = shutdownDate === undefined ? {} : { shutdown_date: shutdownDate };
  return { id, object: 'model', created: 0, owned_by: owner, ...dates };
}
