import type { DistilPlan } from '../../contract/distillation.ts';
import type { MigrationPlan, OtherBase, Price } from '../../contract/migration.ts';
import { formatCount, formatUsd } from '../../evaluation/format.ts';
import { table } from './table.ts';
import { clean, type Paint } from './text.ts';
import { formatHours } from './time.ts';

/** What a migration comes to: from where to where, with what, at what cost, and what stands in its way. */
export function migrationPlan(plan: MigrationPlan, margin: number, paint: Paint): string {
  const {
    model,
    from,
    to,
    others = [],
    method,
    train,
    heldOut,
    reference,
    distil,
    prices = {},
    estimateUsd,
    time,
    days = {},
    obstacles,
    notes,
  } = plan;
  const rows: [name: string, value: string | undefined][] = [
    ['model', model],
    ['from', `version ${from.version}, ${from.modelId} at ${from.connection}${ends(from.shutdownDate, days.old)}`],
    ['to', `${to.baseModel} at ${to.connection}${ends(to.shutdownDate)}${lastJob(to.lastJobDate, days.lastJob)}`],
    ...others.map((other): [string, string] => ['or', otherLine(other)]),
    ['method', method],
    ['training data', train && `${formatCount(train.examples, 'example')}, ${formatCount(train.tokens, 'token')}`],
    ['learns from', distil && distilLine(distil)],
    ['held out', heldOut && heldOutLine(heldOut, reference !== undefined)],
    ['no worse than', `${points(margin)} below the old one, at 95%${heldOut ? `; ${provable(heldOut, margin)}` : ''}`],
    ['prices', priceLine(prices)],
    ['estimate', estimateUsd === undefined ? undefined : formatUsd(estimateUsd)],
    ['time', time && timeLine(time, days.margin)],
  ];
  const known = rows
    .filter((row): row is [string, string] => row[1] !== undefined)
    .map(([name, value]) => [name, clean(value)]);
  return [
    table(['plan', ''], known, paint),
    ...notes.map((note) => `\nnote: ${clean(note)}`),
    ...obstacles.map(({ code, message, advice }) =>
      paint('red', `\nin the way: ${clean(message)} [${code}]\n  what to do: ${clean(advice)}`),
    ),
  ].join('\n');
}

/** Models that are not carried over, by their names and what is in the way. */
export function leftOut(left: readonly Pick<MigrationPlan, 'model' | 'obstacles'>[]): string {
  const named = left.map(({ model, obstacles }) => `${model} (${obstacles.map(({ code }) => code).join(', ')})`);
  return `Not carried over, for something is in the way: ${named.join(', ')}.`;
}

function distilLine({ inputs, expectedUsd, atMostUsd }: DistilPlan): string {
  const questions = formatCount(inputs.examples, 'question');
  return `the old model's answers to ${questions}, for about ${formatUsd(expectedUsd)}, at most ${formatUsd(atMostUsd)}`;
}

/** The best of them goes on. */
function otherLine({ baseModel, shutdownDate, lastJobDate, price }: OtherBase): string {
  const prices = price && priceLine({ new: price });
  return `${baseModel}${ends(shutdownDate)}${lastJob(lastJobDate, undefined)}${prices ? `; ${prices}` : ''}`;
}

function timeLine(time: NonNullable<MigrationPlan['time']>, margin: number | undefined): string {
  const steps = Object.entries(time).map(
    ([step, { hours, runs }]) => `${step} ${formatHours(hours)}${runs === undefined ? ' (assumed)' : ''}`,
  );
  const left = margin === undefined ? '' : `; ${formatCount(margin, 'day')} to spare`;
  return `at most ${steps.join(', ')}${left}`;
}

function ends(date: string | undefined, days?: number): string {
  if (date === undefined) return '';
  return `, shut down on ${date}${days === undefined ? '' : days > 0 ? ` (in ${formatCount(days, 'day')})` : ' (dead)'}`;
}

function lastJob(date: string | undefined, days: number | undefined): string {
  return date === undefined
    ? ''
    : `, no job from ${date} on${days === undefined ? '' : ` (in ${formatCount(days, 'day')})`}`;
}

function heldOutLine({ examples, seen, recorded }: NonNullable<MigrationPlan['heldOut']>, records: boolean): string {
  const answers = `its answers are ${recorded ? 'recorded' : records ? 'recorded first' : 'not recorded'}`;
  const learnt = seen === 0 ? '' : `, ${seen < examples ? `${seen} of ` : ''}which the old model has learnt`;
  return `${formatCount(examples, 'example')}${learnt}; ${answers}`;
}

function provable({ smallestMargin, neededForMargin }: NonNullable<MigrationPlan['heldOut']>, margin: number): string {
  if (smallestMargin <= margin) return 'so many examples can show that';
  return `about ${neededForMargin.toLocaleString('en-US')} examples would show that in 8 of 10 runs, these show ${points(smallestMargin)}`;
}

function priceLine({ old, new: after }: { old?: Price; new?: Price }): string | undefined {
  if (!after) return undefined;
  const line = ({ input, output }: Price) => `${formatUsd(input)} in, ${formatUsd(output)} out`;
  return `${old ? `${line(old)} -> ` : ''}${line(after)} a million tokens; training ${formatUsd(after.training)}`;
}

function points(share: number): string {
  return `${(share * 100).toFixed(1)} points`;
}
