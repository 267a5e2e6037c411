import type { AuditEntry, Canary, ModelVersion, RegisteredModel, Resolution, Tally } from '../../contract/registry.ts';
import { formatInterval, formatPercent, formatPoints } from '../../evaluation/format.ts';
import { shortCost } from './cost.ts';
import { table } from './table.ts';
import { clean, type Paint } from './text.ts';
import { formatDate } from './time.ts';

/** Models as a table. */
export function modelTable(models: readonly RegisteredModel[], paint: Paint): string {
  const rows = models.map(({ name, champion, candidate, canary, versions, owner = '', tags }) => [
    name,
    number(champion),
    number(candidate),
    canary ? `${formatShare(canary.share)} to ${canary.version}` : '',
    String(versions),
    clean(owner),
    clean(tagLine(tags)),
  ]);
  return table(['name', '#champion', '#candidate', 'canary', '#versions', 'owner', 'tags'], rows, paint);
}

interface Details {
  model: RegisteredModel;
  versions: readonly ModelVersion[];
  audit: readonly AuditEntry[];
}

/** A model with its versions and its audit, both newest first. */
export function modelDetails({ model, versions, audit }: Details, paint: Paint, timeZone?: string): string {
  const facts = [
    model.champion === undefined ? 'no champion' : `champion: version ${model.champion}`,
    model.owner && `owner ${clean(model.owner)}`,
    clean(tagLine(model.tags)),
  ].filter(Boolean);
  return [
    `${paint('bold', model.name)}  ${facts.join(', ')}`,
    ...(model.description ? [clean(model.description)] : []),
    ...(model.canary ? [canaryLine(model.canary, timeZone)] : []),
    '',
    versionTable(versions, paint, timeZone),
    '',
    auditTable(audit, paint, timeZone),
  ].join('\n');
}

/** Where calls go, on one line. */
export function resolutionLine(resolution: Resolution): string {
  const { name, version, alias, modelId, connection, shutdownDate, deployment } = resolution;
  const until = shutdownDate === undefined ? '' : `, until ${shutdownDate}`;
  const under = deployment === undefined ? '' : `, under ${clean(deployment)}`;
  return `${name} is ${clean(modelId)} at ${clean(connection)}${under}: version ${version}, ${alias}${until}`;
}

/** 0.1 as `10%`, and as many decimals as it has. */
export function formatShare(share: number): string {
  return `${Number((share * 100).toPrecision(6))}%`;
}

function versionTable(versions: readonly ModelVersion[], paint: Paint, timeZone: string | undefined): string {
  const rows = versions.map((version) => {
    const { lineage, aliases, retired, shutdownDate = '' } = version;
    const { evaluation, cost } = lineage.adopted ? {} : lineage;
    const [first, ...others] = evaluation?.against ?? [];
    // Scores of different held-out examples say little of one another: what it would have replaced says more.
    const against = others.find(({ target }) => target === 'champion') ?? first;
    return [
      String(version.version),
      retired ? 'retired' : aliases.join(', '),
      evaluation ? formatPercent(evaluation.score.value) : '',
      evaluation ? formatInterval(evaluation.score) : '',
      against ? `${formatPoints(against.difference.value)} on ${clean(against.target)}` : '',
      evaluation?.gate?.decision ?? '',
      cost ? shortCost(cost) : '',
      clean(version.baseModel),
      clean(version.modelId),
      clean(version.connection),
      formatDate(version.createdAt, timeZone),
      shutdownDate,
    ];
  });
  const columns = ['#version', 'alias', '#score', '#95% interval', 'difference', 'gate', '#cost', 'base model'];
  return table([...columns, 'model', 'connection', 'registered', 'shut down'], rows, paint);
}

const words: Readonly<Record<AuditEntry['action'], string>> = {
  register: 'registered',
  promote: 'promoted',
  rollback: 'rolled back',
  retire: 'retired',
  'canary-start': 'canary started',
  'canary-end': 'canary ended',
  update: 'labels changed',
  serve: 'serving changed',
};

function auditTable(audit: readonly AuditEntry[], paint: Paint, timeZone: string | undefined): string {
  const rows = audit.map(({ at, by, action, version, from, reason = '' }) => [
    formatDate(at, timeZone),
    clean(by),
    words[action],
    number(version),
    action === 'promote' || action === 'rollback' ? (from ?? '') : '',
    clean(reason),
  ]);
  return table(['when', 'who', 'what', '#version', '#in place of', 'why'], rows, paint);
}

function canaryLine({ version, share, since, champion, feedback }: Canary, timeZone: string | undefined): string {
  const told = (name: string, { passed, failed }: Tally) => `${name} ${passed} of ${passed + failed} passed`;
  const counts = `${told(`version ${version}`, feedback.candidate)}, ${told(`version ${champion}`, feedback.champion)}`;
  return `canary: ${formatShare(share)} to version ${version} since ${formatDate(since, timeZone)}; ${counts}`;
}

function tagLine(tags: Readonly<Record<string, string>>): string {
  return Object.entries(tags)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ');
}

function number(value: number | undefined): string {
  return value === undefined ? '' : String(value);
}
