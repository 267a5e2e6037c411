import type { VersionDeployment } from '../../contract/hosting.ts';
import { formatCount, formatUsd } from '../../evaluation/format.ts';
import type { Standing, Standings } from '../../reconcile/standing.ts';
import { problemLines } from './problems.ts';
import { table } from './table.ts';
import { clean, type Paint } from './text.ts';
import { age, formatDate, formatTime } from './time.ts';

/** What stands as a table, the idle ones last; what went wrong; and what all of it costs an hour. */
export function standingReport(
  found: Standings,
  { now, paint, timeZone }: { now: Date; paint: Paint; timeZone?: string | undefined },
): string {
  const { connections, deployments } = found;
  const sorted = [...deployments].sort((a, b) => Number(a.idle) - Number(b.idle));
  const rows = sorted.map((one) => [
    clean(one.connection),
    clean(one.name),
    clean(one.model),
    clean(ownerOf(one)),
    age(now.getTime() - Date.parse(one.since)),
    one.cost ? formatUsd(one.cost.hourlyUsd) : '',
    one.cost ? formatUsd(one.cost.soFarUsd) : '',
    ruleOf(one, now, timeZone),
    one.idle ? paint('yellow', 'idle') : '',
  ]);
  const columns = ['connection', 'name', 'model', 'owner', '#for', '#an hour', '#so far', 'rule', ''];
  return [
    ...(rows.length > 0 ? [table(columns, rows, paint)] : []),
    ...found.problems.map((problem) => problemLines(problem, paint)),
    // Of what could not be looked at nothing is claimed.
    ...(connections.length === 0 && found.problems.length > 0 ? [] : [summary(connections, deployments)]),
  ].join('\n');
}

function ownerOf({ owner, run, state, version }: Standing): string {
  if (version) return `${version.model}, version ${version.version}`;
  if (owner === 'configuration') return 'configuration';
  return owner === 'run' ? `${run}, ${state}` : 'not known here';
}

/** What becomes of it by itself. */
function ruleOf({ owner, version, idle }: Standing, now: Date, timeZone: string | undefined): string {
  if (version?.inService) return 'in service: stays';
  if (version?.removeAt) return `removed ${formatTime(new Date(version.removeAt), now, timeZone)}`;
  if (owner === 'configuration') return 'stays';
  if (owner === 'run' && !idle) return 'removed by its run';
  return owner === 'run' ? '`tunewright reconcile`' : '';
}

function summary(connections: readonly string[], deployments: readonly Standing[]): string {
  if (connections.length === 0) return 'No connection that was looked at deploys models.';
  const where = `at ${connections.map(clean).join(', ')}`;
  if (deployments.length === 0) return `Nothing stands ${where}.`;
  const hourly = deployments.flatMap(({ cost }) => cost?.hourlyUsd ?? []);
  const unpriced = deployments.length - hourly.length;
  const usd = hourly.reduce((sum, one) => sum + one, 0);
  const costs = hourly.length > 0 ? [`${formatUsd(usd)} an hour`] : [];
  const idle = deployments.filter((one) => one.idle).length;
  const parts = [
    ...costs,
    ...(unpriced > 0 ? [`${unpriced} without a known price`] : []),
    ...(idle > 0 ? [`${idle} idle`] : []),
  ];
  const next = idle > 0 ? ' `tunewright deployments --remove NAME` removes one.' : '';
  return `${formatCount(deployments.length, 'deployment')} ${where}: ${parts.join(', ')}.${next}`;
}

/** What a person is asked before one is removed. */
export function removalQuestion(one: Standing): string {
  const of = `${clean(one.name)} of ${clean(one.model)} at ${clean(one.connection)} (${clean(ownerOf(one))})`;
  const again = one.state === 'running' ? ' Its run goes on, and makes it again where it needs it.' : '';
  return `Remove ${of}?${again}`;
}

const hourMs = 3_600_000;

/** What deployments of versions have cost from beginning to end, and why each has ended; newest first. */
export function endedReport(ended: readonly VersionDeployment[], paint: Paint, timeZone?: string): string {
  if (ended.length === 0) return 'No deployment of a version has ended.';
  const rows = ended.map(
    ({ connection, model, version, by, createdAt, endedAt = createdAt, hourlyUsd, reason = '' }) => {
      const ms = Date.parse(endedAt) - Date.parse(createdAt);
      return [
        clean(connection),
        `${clean(model)}, version ${version}`,
        clean(by),
        formatDate(createdAt, timeZone),
        age(ms),
        hourlyUsd === undefined ? '' : formatUsd((hourlyUsd * ms) / hourMs),
        clean(reason),
      ];
    },
  );
  return table(['connection', 'of', 'wanted by', 'made', '#for', '#cost', 'why it ended'], rows, paint);
}
