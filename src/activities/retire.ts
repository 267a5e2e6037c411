import { TunewrightError } from '../contract/errors.ts';
import type { Retirement, RetirementInput } from '../contract/migration.ts';
import type { ModelVersion } from '../contract/registry.ts';
import { aliveCheck } from '../lifetimes/alive.ts';
import { deadByRecord } from '../records/index.ts';
import { attended } from './context.ts';
import type { Dependencies } from './dependencies.ts';
import { stillPending } from './failures.ts';

const dayMs = 86_400_000;
const reason = 'Its platform has shut it down.';

export function retireActivities({ platforms, records }: Dependencies) {
  return {
    /** Retires a version that its platform has shut down; one that lives longer than was announced is looked at again a day later. */
    async retireDeadVersion({ model, version, by }: RetirementInput): Promise<Retirement> {
      return await attended(async () => {
        const kept = await records();
        const found = await kept.getVersion(model, version);
        if (found.retired) return { model, version, retired: false, reason: `It ${deadByRecord(found)}.` };
        if (!(await isDead(found))) throw stillPending('The platform serves it longer than was announced.', dayMs);
        try {
          await kept.retire({ model, version, by, reason, requestId: `${by}-retires-${version}` });
          return { model, version, retired: true };
        } catch (error) {
          const inService = error instanceof TunewrightError && error.code === 'conflict';
          if (!inService) throw error;
          return { model, version, retired: false, reason: 'It is the champion again, and dead.' };
        }
      });
    },
  };

  /** The platform's word counts; one that cannot be asked leaves the record's. */
  async function isDead(version: ModelVersion): Promise<boolean> {
    let asked = true;
    const why = await aliveCheck(platforms, () => {
      asked = false;
    })(version);
    return why !== undefined || (!asked && deadByRecord(version) !== undefined);
  }
}
