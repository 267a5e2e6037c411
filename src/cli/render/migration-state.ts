import type { MigrationState } from '../../client.ts';
import type { MigrationProgress, MigrationResult } from '../../contract/migration.ts';
import type { RunProgress } from '../../contract/run.ts';
import { formatUsd } from '../../evaluation/format.ts';
import { migrationPlan } from './migration.ts';
import { table } from './table.ts';
import { clean, type Paint } from './text.ts';
import { formatDate } from './time.ts';

interface View {
  url: string | undefined;
  paint: Paint;
  /** The machine's own when absent. */
  timeZone?: string;
}

/** What a migration does before its run has begun, on one line. */
export function migrationLine({ stage, begins, plan }: MigrationProgress): string {
  switch (stage) {
    case 'grace':
      return `waits until ${begins}`;
    case 'ask':
      return `asking ${clean(plan?.from.modelId ?? 'the old model')}`;
    case 'plan':
      return 'planning';
    default:
      return 'its run is under way';
  }
}

/** What becomes of the old version when the run has ended. */
export function migrationEnd({ model, run, registered, fallback }: MigrationResult): string[] {
  const back = `\`tunewright models rollback ${model} --reason TEXT\``;
  if (fallback) {
    const { version, until } = fallback;
    return [`Version ${version} can be rolled back to until ${until} (${back}), and is retired then.`];
  }
  if (registered?.promoted) return [`The old version can be rolled back to (${back}) while it answers.`];
  return [
    `The old version of ${model} stays in service.`,
    `\`tunewright report ${run} --examples FILE\` writes which answers were broken; \`tunewright migrate ${model}\` with other data, bases or a wider --margin tries again.`,
  ];
}

/** Everything that is known of a migration but its run. */
export function migrationDetails(state: MigrationState, { url, paint, timeZone }: View): string {
  const { name, status, startedAt, endedAt, request, plan, progress, result, reason } = state;
  const { model, connection, baseModel, margin } = request;
  const run = result?.run ?? progress?.run;
  const distilled = result?.distilled ?? progress?.distilled;
  const rows: [name: string, value: string | undefined][] = [
    ['started', formatDate(startedAt, timeZone)],
    ['ended', endedAt && formatDate(endedAt, timeZone)],
    ['now', status === 'running' ? nowLine(name, progress) : undefined],
    [
      'learnt',
      distilled && `${distilled.answers} answers of version ${distilled.version} to ${distilled.asked} questions`,
    ],
    // Its run counts it as part of its cost.
    ['paid', progress?.askedUsd === undefined || run ? undefined : formatUsd(progress.askedUsd)],
    ['run', run],
    ['reason', reason && `${clean(reason.message)} [${reason.code}]`],
    ['what to do', reason && clean(reason.advice)],
    ['Web UI', url],
  ];
  const known = rows.filter((row): row is [string, string] => row[1] !== undefined);
  return [
    paint('bold', `${name}  ${status}  ${clean(model)} to ${clean(baseModel)} on ${clean(connection)}`),
    ...known.map(([label, value]) => `${paint('dim', label.padEnd(12))}${value}`),
    ...(result ? migrationEnd(result) : []),
    ...(plan ? ['', migrationPlan(plan, margin, paint)] : []),
  ].join('\n');
}

/** A migration, and its run where that goes on. */
export interface MigrationRow {
  migration: MigrationState;
  run?: RunProgress;
}

/** Migrations, a line each. */
export function migrationTable(all: readonly MigrationRow[], paint: Paint, timeZone?: string): string {
  const rows = all.map(({ migration, run }) => {
    const { name, startedAt, request } = migration;
    return [
      clean(request.model),
      clean(`${request.connection}/${request.baseModel}`),
      statusOf(migration),
      run ? `${run.status}: ${run.stage}` : stageOf(migration),
      formatDate(startedAt, timeZone),
      name,
    ];
  });
  return table(['model', 'to', 'status', 'stage', 'started', 'name'], rows, paint);
}

function statusOf({ status, result }: MigrationState): string {
  if (!result) return status;
  return result.registered?.promoted ? 'promoted' : 'not promoted';
}

function stageOf({ status, progress, reason }: MigrationState): string {
  if (status !== 'running') return reason?.code ?? '';
  return progress?.stage ?? 'no worker';
}

function nowLine(name: string, progress: MigrationProgress | undefined): string {
  if (!progress) return 'no worker tells where it is: `tunewright worker` starts one';
  const stop = progress.stage === 'grace' ? `; \`tunewright cancel ${name} --reason TEXT\` stops it before` : '';
  return `${migrationLine(progress)}${stop}`;
}
