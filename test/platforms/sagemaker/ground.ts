import type { Ground } from '../runs.ts';
import { instant } from './service/instant.ts';
import { openRegion } from './support.ts';

/** Of jobs and endpoints that are there at once, with the connection changed so. */
export const groundOf = (changes: Record<string, unknown>) => async (): Promise<Ground> => {
  const region = await openRegion(instant);
  const connection = { ...region.connection, ...changes } as typeof region.connection;
  return { connection: () => connection, config: { model: 'tiny' }, close: region.close };
};
