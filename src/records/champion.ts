import { TunewrightError } from '../contract/errors.ts';
import type {
  AliveCheck,
  ChampionChange,
  PromoteRequest,
  RetireRequest,
  RollbackRequest,
} from '../contract/registry.ts';
import { type Act, actOnce, answered } from './act.ts';
import { aliased, dropAlias, moveAlias } from './aliases.ts';
import { endCanary, endCanaryOf } from './canary/rows.ts';
import type { Database, Write } from './database.ts';
import { checkAlive } from './dead.ts';
import { enterService } from './deployments/enter.ts';
import { present, text } from './values.ts';
import { versionIn, versionRow } from './versions.ts';

export interface ChampionRecords {
  /**
   * Makes the version champion, and remembers which one it replaced. `alive` is asked beforehand, outside of any lock.
   * Throws `version_dead`, `version_unknown`, `model_unknown`, `conflict`, `not_deployed`.
   */
  promote(request: PromoteRequest, alive?: AliveCheck): Promise<ChampionChange>;
  /** Makes an earlier version champion again. Throws as `promote` does, and `conflict` where there was none before. */
  rollback(request: RollbackRequest, alive?: AliveCheck): Promise<ChampionChange>;
  /** The version can no longer be promoted. Throws `conflict` for the champion, `version_unknown`, `model_unknown`. */
  retire(request: RetireRequest): Promise<ChampionChange>;
  /** The version that the champion has replaced. Throws `conflict` where there is none. */
  versionBefore(model: string): Promise<number>;
}

export function championRecords(db: Database): ChampionRecords {
  return {
    promote: async (request, alive) => await promote(db, request, alive),
    rollback: async (request, alive) => await rollback(db, request, alive),
    retire: async (request) => await retire(db, request),
    versionBefore: async (model) => await versionBefore(db, model),
  };
}

async function promote(db: Database, request: PromoteRequest, alive?: AliveCheck): Promise<ChampionChange> {
  const { model, version, expectedChampion } = request;
  const asked = ['promote', version, expectedChampion];
  const before = await answered<ChampionChange>(db, request, asked);
  if (before) return before.answer;
  await checkAlive(await versionIn(db, model, version), alive);
  return await actOnce(db, request, asked, async (act) => {
    const champion = await aliased(act.write, model, 'champion');
    if (champion === version) return unchanged(act, champion);
    if (expectedChampion !== undefined && champion !== (expectedChampion ?? undefined)) {
      throw otherChampion(model, champion);
    }
    return await crown(act, { ...request, action: 'promote', champion, replaced: champion });
  });
}

async function rollback(db: Database, request: RollbackRequest, alive?: AliveCheck): Promise<ChampionChange> {
  const { model } = request;
  const asked = ['rollback', request.version];
  const before = await answered<ChampionChange>(db, request, asked);
  if (before) return before.answer;
  const version = request.version ?? (await versionBefore(db, model));
  await checkAlive(await versionIn(db, model, version), alive);
  return await actOnce(db, request, asked, async (act) => {
    const champion = await aliased(act.write, model, 'champion');
    if (request.version === undefined && version !== (await versionBefore(act.write, model))) {
      throw otherChampion(model, champion);
    }
    if (champion === version) return unchanged(act, champion);
    const target = await versionRow(act.write, model, version);
    // What never was champion takes the place of the one that goes, and so stands after what that one had replaced.
    const place = target.promoted_at === null && champion ? await versionRow(act.write, model, champion) : target;
    const replaced = place.replaced === version ? undefined : (place.replaced ?? undefined);
    return await crown(act, { ...request, version, action: 'rollback', champion, replaced });
  });
}

async function retire(db: Database, request: RetireRequest): Promise<ChampionChange> {
  const { model, version, reason, by, evenChampion = false } = request;
  return await actOnce(db, request, ['retire', version, evenChampion], async (act) => {
    const { write, at } = act;
    const { retired_at } = await versionRow(write, model, version);
    const champion = await aliased(write, model, 'champion');
    if (retired_at !== null) return unchanged(act, champion);
    if (champion === version && !evenChampion) throw championStays(model, version);
    await write
      .updateTable('versions')
      .set({ retired_at: at, retired_by: text(by), retired_reason: text(reason) })
      .where('model', '=', model)
      .where('version', '=', version)
      .execute();
    await act.audit({ action: 'retire', version, reason });
    const canaryEnded = await endCanaryOf(act, version, `version ${version} was retired`);
    await dropAlias(write, model, 'candidate', version);
    await dropAlias(write, model, 'champion', version);
    if (canaryEnded || champion === version) await act.nextRevision();
    const left = champion === version ? { previous: champion } : present({ champion });
    return { model, ...left, changed: true, at };
  });
}

interface Crowning {
  action: 'promote' | 'rollback';
  version: number;
  champion: number | undefined;
  replaced: number | undefined;
  by: string;
  reason?: string;
}

/** The one place in which a champion is made. */
async function crown(act: Act, { action, version, champion, replaced, by, reason }: Crowning): Promise<ChampionChange> {
  const { write, at } = act;
  const { name: model } = act.model;
  // Again, under the lock: it may have been retired since.
  await checkAlive(await versionIn(write, model, version), undefined);
  await enterService(act, version);
  await write
    .updateTable('versions')
    .set({
      promoted_at: at,
      promoted_by: text(by),
      promoted_reason: reason === undefined ? null : text(reason),
      replaced: replaced ?? null,
    })
    .where('model', '=', model)
    .where('version', '=', version)
    .execute();
  await moveAlias(write, { model, alias: 'champion', version, since: at });
  await dropAlias(write, model, 'candidate', version);
  const from = champion === undefined ? undefined : `${champion}`;
  await act.audit({ action, version, from, to: `${version}`, reason });
  await endCanary(act, `version ${version} became champion`);
  await act.nextRevision();
  return { model, champion: version, ...present({ previous: champion }), changed: true, at };
}

/** Throws `conflict` where the champion has replaced none. */
async function versionBefore(db: Database | Write, model: string): Promise<number> {
  const champion = await aliased(db, model, 'champion');
  const before = champion === undefined ? null : (await versionRow(db, model, champion)).replaced;
  if (before !== null) return before;
  const state = champion === undefined ? 'has no champion' : `had no champion before version ${champion}`;
  throw new TunewrightError('conflict', `"${model}" ${state}.`, {
    advice: `Name the version to go to: \`tunewright models show ${model}\` lists them.`,
  });
}

function unchanged({ model, at }: Act, champion: number | undefined): ChampionChange {
  return { model: model.name, ...present({ champion }), changed: false, at };
}

function otherChampion(model: string, champion: number | undefined): TunewrightError {
  const now = champion === undefined ? 'has no champion now' : `has version ${champion} as its champion by now`;
  return new TunewrightError('conflict', `"${model}" ${now}: something else has changed it.`, {
    advice: `Look at \`tunewright models show ${model}\` and decide again.`,
  });
}

function championStays(model: string, version: number): TunewrightError {
  return new TunewrightError('conflict', `Version ${version} is the champion of "${model}": services use it.`, {
    advice: 'Promote or roll back to another version first; `--even-champion` leaves the name without one.',
  });
}
