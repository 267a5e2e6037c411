import type { CatalogueCheck } from '../contract/catalogue-check.ts';
import { TunewrightError } from '../contract/errors.ts';
import { catalogueDrift } from '../platforms/drift.ts';
import { attended } from './context.ts';
import type { Dependencies } from './dependencies.ts';

export function catalogueActivities({ platforms }: Dependencies) {
  async function check(connection: string): Promise<CatalogueCheck> {
    try {
      const drift = await catalogueDrift(platforms.get(connection), new Date());
      return { connection, drift: drift.map(({ message }) => message) };
    } catch (error) {
      // One that is out of order is asked again; one without a key is nobody's.
      if (!(error instanceof TunewrightError) || error.retry !== 'never') throw error;
      return { connection, drift: [], trouble: error.message };
    }
  }

  return {
    /** Sets the catalogue against what each connection's platform offers now. */
    async checkCatalogues(): Promise<CatalogueCheck[]> {
      return await attended(async () => await Promise.all(platforms.names.map(check)));
    },
  };
}
