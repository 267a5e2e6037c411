import { formatCount, formatUsd } from '../../evaluation/format.ts';
import { type Finding, leftovers, type Reconciliation } from '../../reconcile/finding.ts';
import { problemLines } from './problems.ts';
import { table } from './table.ts';
import { clean, type Paint } from './text.ts';
import { age } from './time.ts';

/** Least to worry about last: a long list ends beside the counts. */
const order: readonly Finding['verdict'][] = ['owned', 'foreign', 'kept', 'young', 'leftover'];

/** What was found as a table, what went wrong, what a person can do, and the counts. */
export function reconciliationReport(found: Reconciliation, { now, paint }: { now: Date; paint: Paint }): string {
  const { findings, problems } = found;
  const sorted = order.flatMap((verdict) => findings.filter((one) => one.verdict === verdict));
  const rows = sorted.map((one) => [
    one.connection,
    what(one),
    clean(one.id),
    clean(one.run ?? ''),
    one.state,
    age(now.getTime() - Date.parse(one.createdAt)),
    one.outcome ? `${one.verdict}, ${one.outcome}` : one.verdict,
  ]);
  const deletable = findings.filter((one) => one.command !== undefined);
  return [
    ...(rows.length > 0 ? [table(['connection', 'what', 'id', 'run', 'state', '#age', 'verdict'], rows, paint)] : []),
    ...problems.map((problem) => problemLines(problem, paint)),
    ...(deletable.length > 0 ? ['Models are deleted by hand alone; the commands for those that are kept:'] : []),
    ...deletable.map(({ command }) => `  ${clean(command ?? '')}`),
    counts(found),
  ].join('\n');
}

function what({ kind, platformStatus, cost }: Finding): string {
  if (cost) return `${kind} (${formatUsd(cost.hourlyUsd)} an hour, ${formatUsd(cost.soFarUsd)} so far)`;
  return platformStatus ? `${kind} (${clean(platformStatus)})` : kind;
}

function counts(found: Reconciliation): string {
  const { connections, findings } = found;
  const where = connections.length > 0 ? ` at ${connections.join(', ')}` : '';
  const parts = order.toReversed().flatMap((verdict) => {
    const count = findings.filter((one) => one.verdict === verdict).length;
    return count > 0 ? [`${count} ${verdict}`] : [];
  });
  const removed = findings.filter(({ outcome }) => outcome === 'removed').length;
  const left = leftovers(found);
  const next = left.some(({ outcome }) => outcome === undefined)
    ? ' `tunewright reconcile --apply` removes what is left over.'
    : '';
  const things = formatCount(findings.length, 'thing');
  return `${things}${where}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}${removed > 0 ? `; ${removed} removed` : ''}.${next}`;
}
