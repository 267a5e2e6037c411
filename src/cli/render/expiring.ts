import type { LeadTime, Lifetime, Lifetimes, Replacement, StepTime } from '../../contract/lifetimes.ts';
import { formatUsd } from '../../evaluation/format.ts';
import { table } from './table.ts';
import { clean, type Paint } from './text.ts';
import { formatHours } from './time.ts';

interface Expiring extends Lifetimes {
  due: readonly Lifetime[];
  withinDays: number;
}

/** What dies soon, and what can be done about it. */
export function expiringReport({ due, withinDays, today, lead, versions }: Expiring, paint: Paint): string {
  const days = Number(withinDays.toFixed(2));
  if (due.length === 0) {
    return `Of ${versions.length} versions in service none is known to die within ${days} days.`;
  }
  const rows = due.map((version) => [
    version.model,
    String(version.version),
    version.alias,
    clean(version.modelId),
    clean(version.connection),
    clean(version.owner ?? ''),
    version.gone ? 'gone' : (version.shutdownDate ?? ''),
    version.daysLeft === undefined ? '' : String(version.daysLeft),
    version.lastJobDay ?? '',
    startBy(version, today, paint),
  ]);
  const columns = [
    'name',
    '#version',
    'alias',
    'model',
    'connection',
    'owner',
    'dies',
    '#days left',
    'last job',
    'start by',
  ];
  return [
    table(columns, rows, paint),
    '',
    ...replacementLines(due),
    '',
    `A migration is taken to need ${leadLine(lead)}.`,
    nextLine(due),
  ].join('\n');
}

function nextLine(due: readonly Lifetime[]): string {
  const [first] = due;
  const to = first?.replacements.find(({ model }) => model !== '*');
  const target = to ? `${clean(to.connection)}/${clean(to.model)}` : 'CONNECTION/BASE';
  const which = due.length > 1 ? '--all' : (first?.model ?? 'MODEL');
  return `\`tunewright migrate ${which} --to ${target} --dry-run\` tells what carrying over comes to; nothing is paid by that.`;
}

function startBy({ startBy: day, gone }: Lifetime, today: string, paint: Paint): string {
  if (gone) return paint('red', 'too late');
  if (day === undefined) return '';
  return day < today ? paint('red', `${day}, over`) : day;
}

/** Versions with the same replacements share them: those of one platform mostly do. */
function replacementLines(due: readonly Lifetime[]): string[] {
  const byReplacements = Map.groupBy(due, ({ replacements }) => JSON.stringify(replacements));
  return [...byReplacements.values()].flatMap((alike) => {
    const of = alike.map(({ model, version }) => `${model} ${version}`).join(', ');
    const replacements = alike[0]?.replacements ?? [];
    if (replacements.length === 0) return [`${of}: no configured connection has a model that could take the place.`];
    return [`${of} could become:`, ...replacements.map((replacement) => `  ${replacementText(replacement)}`)];
  });
}

function replacementText({ connection, model, shutdownDate, lastJobDay, prices }: Replacement): string {
  const name = model === '*' ? 'any model it can load' : model;
  const life = shutdownDate ? `until ${shutdownDate}` : 'no date';
  const price = prices ? `, ${formatUsd(prices.input)} in, ${formatUsd(prices.output)} out a million tokens` : '';
  const jobs = lastJobDay ? `, last job ${lastJobDay}` : '';
  return `${clean(name)} at ${clean(connection)} (${life}${jobs}${price})`;
}

function leadLine({ training, evaluation, approval }: LeadTime): string {
  const step = (name: string, { hours, runs }: StepTime) =>
    `${formatHours(hours)} for ${name} (${runs === undefined ? 'assumed' : `the longest of ${runs} runs`})`;
  return [step('training', training), step('evaluation', evaluation), step('approval', approval)].join(', ');
}
