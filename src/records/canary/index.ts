import { TunewrightError } from '../../contract/errors.ts';
import type {
  AliveCheck,
  Canary,
  CanaryEndRequest,
  CanaryRequest,
  Feedback,
  FeedbackAnswer,
} from '../../contract/registry.ts';
import { actOnce, answered } from '../act.ts';
import { aliased, moveAlias } from '../aliases.ts';
import type { Database } from '../database.ts';
import { checkAlive } from '../dead.ts';
import { enterService } from '../deployments/enter.ts';
import { noChampion } from '../serving.ts';
import { invalid, text } from '../values.ts';
import { versionIn } from '../versions.ts';
import { giveFeedback } from './feedback.ts';
import { canaryOf, endCanary, openCanaries } from './rows.ts';

export interface CanaryRecords {
  /**
   * Sends a share of the calls to that version. A canary that runs ends, and the new one counts from zero. Throws
   * `version_dead`, `version_unknown`, `model_unknown`, `no_champion`, `not_deployed`, `conflict` for the champion, `invalid_config`.
   */
  setCanary(request: CanaryRequest, alive?: AliveCheck): Promise<Canary>;
  /** Sends all calls to the champion; false when no canary was running. Throws `model_unknown`. */
  clearCanary(request: CanaryEndRequest): Promise<boolean>;
  /** Counts a graded answer; a candidate that is worse ends the canary. Throws `model_unknown`, `invalid_config`. */
  feedback(feedback: Feedback): Promise<FeedbackAnswer>;
}

export function canaryRecords(db: Database): CanaryRecords {
  return {
    setCanary: async (request, alive) => await setCanary(db, request, alive),

    feedback: async (feedback) => await giveFeedback(db, feedback),

    async clearCanary(request) {
      return await actOnce(db, request, ['canary-end'], async (act) => {
        const ended = await endCanary(act, request.reason);
        if (ended) await act.nextRevision();
        return ended;
      });
    },
  };
}

async function setCanary(db: Database, request: CanaryRequest, alive?: AliveCheck): Promise<Canary> {
  const { model, version, share, by } = request;
  if (!(share > 0 && share <= 1)) {
    throw invalid(`${share} is not a share of the calls.`, 'Give one above 0 and at most 1, such as 0.1.');
  }
  const asked = ['canary', version, share];
  const before = await answered<Canary>(db, request, asked);
  if (before) return before.answer;
  await checkAlive(await versionIn(db, model, version), alive);
  return await actOnce(db, request, asked, async (act) => {
    const { write, at } = act;
    await checkAlive(await versionIn(write, model, version), undefined);
    await enterService(act, version);
    const champion = await aliased(write, model, 'champion');
    if (champion === undefined) throw noChampion(model);
    if (champion === version) throw isChampion(model, version);
    await endCanary(act, `another canary, of version ${version}`);
    const counts = { champion_passed: 0, champion_failed: 0, candidate_passed: 0, candidate_failed: 0 };
    await write
      .insertInto('canaries')
      .values({ model, version, champion, share, since: at, started_by: text(by), ...counts, ended_at: null })
      .execute();
    await moveAlias(write, { model, alias: 'candidate', version, since: at });
    await act.audit({ action: 'canary-start', version, to: `${share}` });
    await act.nextRevision();
    const [started] = await openCanaries(write, model);
    return canaryOf(started as NonNullable<typeof started>);
  });
}

function isChampion(model: string, version: number): TunewrightError {
  return new TunewrightError('conflict', `Version ${version} of "${model}" is the champion: all calls go to it.`, {
    advice: 'Name the version that is to be tried beside it.',
  });
}
