import type { AdoptedModel, AdoptionProgress, AdoptionResult } from '../../contract/adoption.ts';
import { formatUsd } from '../../evaluation/format.ts';
import { table } from './table.ts';
import { clean, type Paint } from './text.ts';

const stages: Readonly<Record<AdoptionProgress['stage'], string>> = {
  list: 'listing the accounts',
  pack: 'packing',
  ask: 'asking the models',
  'sum up': 'summing up',
};

/** How far an adoption has come, on one line. */
export function adoptionLine(progress: AdoptionProgress): string {
  const { stage, names, packed, expectedUsd, asked, spentUsd } = progress;
  const facts = [
    ...(names > 0 ? [`${packed} of ${names} models packed`] : []),
    ...(expectedUsd > 0 ? [`answers about ${formatUsd(expectedUsd)}`] : []),
    ...(asked > 0 ? [`${asked} asked, ${formatUsd(spentUsd)}`] : []),
  ];
  return [stages[stage], ...facts].join(', ');
}

interface Ended {
  result: AdoptionResult;
  models: readonly AdoptedModel[] | undefined;
  dryRun: boolean;
  budgetUsd: number;
}

/** What an adoption has found and done. */
export function adoptionReport({ result, models, dryRun, budgetUsd }: Ended, paint: Paint): string {
  const { accounts, passedOver, adopted, fuller, known, expectedUsd, atMostUsd, asked, overBudget, spentUsd } = result;
  const did = dryRun ? 'would be registered' : 'registered';
  const asking =
    budgetUsd === 0 || dryRun
      ? `answers of their own would cost about ${formatUsd(expectedUsd)}, at most ${formatUsd(atMostUsd)}`
      : `${asked} asked for ${formatUsd(spentUsd)} of ${formatUsd(budgetUsd)}; about ${formatUsd(expectedUsd)} was expected for all`;
  return [
    '',
    ...accounts.map(
      (account) =>
        `${paint('bold', clean(account.connection))}  ${account.jobs} jobs, ${account.files} files (${account.unusedFiles} that no job names), ` +
        `${account.models} tuned models (${account.registeredByRuns} registered by runs)`,
    ),
    ...passedOver.map((sentence) => `passed over: ${clean(sentence)}`),
    ...(models && models.length > 0 ? ['', modelTable(models, paint), ...seenLines(models), ...goneLines(models)] : []),
    '',
    ...(overBudget > 0
      ? [`${overBudget} were not asked: the most that they can cost was not left of the budget.`]
      : []),
    `${adopted} ${did}, ${fuller} with a fuller kit, ${known} unchanged; ${asking}.`,
    nextLine({ result, dryRun, budgetUsd }),
  ].join('\n');
}

/** What the answers of models that die are worth is over when they are dead. */
function nextLine({
  result: { expectedUsd, atMostUsd, overBudget },
  dryRun,
  budgetUsd,
}: Omit<Ended, 'models'>): string {
  const enough = atMostUsd > 0 ? ` --budget ${(Math.ceil(atMostUsd * 100) / 100).toFixed(2)}` : '';
  if (dryRun) return `Next: the same without --dry-run${enough && `, and with${enough} for their answers`}.`;
  if (expectedUsd > 0 && (budgetUsd === 0 || overBudget > 0)) {
    return `Next: the same with${enough} while the models answer: theirs are what successors are compared with.`;
  }
  return 'Next: `tunewright models expiring` tells what dies when, `tunewright models tag NAME --owner WHO` whose it is.';
}

function modelTable(models: readonly AdoptedModel[], paint: Paint): string {
  const rows = models.map((model) => [
    model.name,
    model.version === undefined ? '' : String(model.version),
    model.champion ? 'champion' : '',
    clean(model.modelId),
    clean(model.connection),
    model.shutdownDate ?? '',
    model.train === undefined ? '' : String(model.train),
    heldOutOf(model),
    model.answers ? `${model.answers.passed}/${model.answers.examples}` : '',
  ]);
  const columns = ['name', '#version', 'alias', 'model', 'connection', 'shut down', '#examples', '#held out', '#right'];
  return table(columns, rows, paint);
}

function heldOutOf({ heldOut, seen = 0 }: AdoptedModel): string {
  if (heldOut === undefined) return '';
  if (seen === 0) return `${heldOut}`;
  return seen < heldOut ? `${heldOut}, ${seen} seen` : `${heldOut} seen`;
}

/** Beside a score that flatters. */
function seenLines(models: readonly AdoptedModel[]): string[] {
  if (!models.some(({ seen = 0 }) => seen > 0)) return [];
  return ['seen: the model was trained on so many of its held-out examples, and looks better on them than it is.'];
}

function goneLines(models: readonly AdoptedModel[]): string[] {
  return models.flatMap(({ modelId, gone }) => gone.map((sentence) => `${clean(modelId)}: ${clean(sentence)}`));
}
