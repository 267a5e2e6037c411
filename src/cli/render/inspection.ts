import type { Inspection, Problem, Spread } from '../../datasets/index.ts';
import { formatCount, formatDuration, formatPercent, formatUsd } from '../../evaluation/format.ts';
import type { ModelCost, Saving } from '../model-costs.ts';
import { table } from './table.ts';
import { clean, type Paint } from './text.ts';

/** So many errors of a kind are shown. */
const mostOfKind = 20;
const histogramWidth = 30;
const block = '█';
const nouns: Readonly<Record<Inspection['method'], string>> = {
  supervised: 'example',
  dpo: 'pair',
  reinforcement: 'question',
};

export interface Money {
  costs: readonly ModelCost[];
  savings: readonly Saving[];
}

/** All problems of a data set, one a line as `file:line`, then what it is like, what it costs, and whether it will do. */
export function inspectionReport(
  file: string,
  inspection: Inspection,
  { costs, savings }: Money,
  paint: Paint,
): string {
  const { problems, errors, warnings } = inspection;
  const found = `${formatCount(errors, 'error')}, ${formatCount(warnings, 'warning')}`;
  const close = errors > 0 ? paint('red', `not valid: ${found}`) : paint('green', `valid: ${found}`);
  return [
    ...problemLines(file, problems, paint),
    ...unlisted(file, inspection),
    counts(inspection),
    ...spoken(inspection),
    ...spreadTable(inspection, paint),
    ...histogram(inspection, paint),
    ...(costs.length > 0 ? [costTable(inspection, costs, paint)] : []),
    ...(savings.length > 0 ? [savingTable(inspection, savings, costs, paint)] : []),
    close,
  ].join('\n');
}

function counts({ method, examples, tokens, answerTokens, longest, classes }: Inspection): string {
  const size = [
    formatCount(examples, nouns[method]),
    `${formatCount(tokens, 'token')} (${answerTokens.toLocaleString('en-US')} of them answers)`,
    `the longest ${method === 'dpo' ? 'side' : 'one'} has ${longest.toLocaleString('en-US')}`,
  ].join(', ');
  if (!classes) return size;
  const share = (count: number) => formatPercent(count / examples);
  const { count, most, fewest } = classes;
  return `${size}\n${formatCount(count, 'distinct answer')}: the most frequent is ${share(most)} of all, the rarest ${share(fewest)}`;
}

/** Says nothing where all of which a language can be told are in one. */
function spoken({ languages }: Inspection): string[] {
  if (!languages) return [];
  const { examples, questions, answers } = languages;
  if (new Set([...Object.keys(questions), ...Object.keys(answers)]).size < 2) return [];
  const shares = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .map(([language, count]) => `${language} ${formatPercent(count / examples)}`)
      .join(', ');
  const told = [
    ['asked', questions],
    ['answered', answers],
  ] as const;
  const each = told.filter(([, counts]) => Object.keys(counts).length > 0);
  const text = each.map(([how, counts]) => `${how} in ${shares(counts)}`).join('; ');
  return [`languages, of ${formatCount(examples, 'example')} looked at: ${text}`];
}

function spreadTable({ method, spreads }: Inspection, paint: Paint): string[] {
  const { messages, tokens, answerTokens } = spreads;
  if (tokens.max === 0) return [];
  const shown = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 1 });
  const row = (name: string, { min, p5, median, mean, p95, max }: Spread) => [
    name,
    ...[min, p5, median, mean, p95, max].map(shown),
  ];
  const rows = [
    row('messages', messages),
    row('tokens', tokens),
    ...(answerTokens.max > 0 ? [row('of them answers', answerTokens)] : []),
  ];
  return [table([`of each ${nouns[method]}`, '#min', '#p5', '#median', '#mean', '#p95', '#max'], rows, paint)];
}

/** Says nothing where all are of about one length. */
function histogram({ lengths }: Inspection, paint: Paint): string[] {
  if (lengths.length < 2) return [];
  const most = Math.max(...lengths.map(({ examples }) => examples));
  const rows = lengths.map(({ upTo, examples }) => [
    upTo.toLocaleString('en-US'),
    examples.toLocaleString('en-US'),
    block.repeat(Math.ceil((examples / most) * histogramWidth)),
  ]);
  return [table(['#tokens up to', '#examples', ''], rows, paint)];
}

/** What is trained on is told where a model reads less than there is. */
function costTable({ tokens }: Inspection, costs: readonly ModelCost[], paint: Paint): string {
  const cut = costs.some(({ trainedTokens }) => trainedTokens < tokens);
  const timed = costs.some(({ trainingSeconds }) => trainingSeconds !== undefined);
  const rows = costs.map(({ model, epochs, trainedTokens, trainingUsd, trainingSeconds, answersUsd, lastJobDate }) => [
    clean(model),
    String(epochs),
    ...(cut ? [trainedTokens.toLocaleString('en-US')] : []),
    formatUsd(trainingUsd),
    ...(timed ? [trainingSeconds === undefined ? 'not known' : formatDuration(trainingSeconds * 1000)] : []),
    formatUsd(answersUsd),
    lastJobDate ?? '',
  ]);
  const trained = cut ? ['#tokens trained on'] : [];
  const heading = [
    'model',
    '#epochs',
    ...trained,
    '#training',
    ...(timed ? ['#takes'] : []),
    '#1,000 answers',
    'last job before',
  ];
  const shown = table(heading, rows, paint);
  return timed ? shown : `${shown}\nhow long training takes is not known: the catalogue has no speed of these models`;
}

/** In dollars of the cheapest model, as in the first row of the table above it. */
function savingTable(
  { tokens }: Inspection,
  savings: readonly Saving[],
  [cheapest]: readonly ModelCost[],
  paint: Paint,
): string {
  const rows = savings.map(({ code, examples, tokens: spared, usd }) => [
    code,
    examples.toLocaleString('en-US'),
    spared.toLocaleString('en-US'),
    formatPercent(spared / tokens),
    ...(cheapest ? [formatUsd(usd[cheapest.model] ?? 0)] : []),
  ]);
  const heading = [
    'left out',
    '#examples',
    '#tokens',
    '#of all',
    ...(cheapest ? [`#saves with ${clean(cheapest.model)}`] : []),
  ];
  return table(heading, rows, paint);
}

/** The first of each kind: a mistake of a script stands in every line. */
function problemLines(file: string, problems: readonly Problem[], paint: Paint): string[] {
  const counts = new Map<string, number>();
  const lines: string[] = [];
  for (const problem of problems) {
    const count = (counts.get(problem.code) ?? 0) + 1;
    counts.set(problem.code, count);
    if (count <= mostOfKind) lines.push(problemLine(file, problem, paint));
  }
  for (const [code, count] of counts) {
    if (count > mostOfKind)
      lines.push(`${clean(file)}: ${formatCount(count - mostOfKind, 'more error')} [${code}]; --json tells all`);
  }
  return lines;
}

function unlisted(file: string, { problems, errors, warnings }: Inspection): string[] {
  const more = errors + warnings - problems.length;
  return more > 0 ? [`${clean(file)}: ${formatCount(more, 'more problem')} counted and not kept`] : [];
}

function problemLine(file: string, { code, severity, line, path, message }: Problem, paint: Paint): string {
  const where = clean(line === undefined ? file : `${file}:${line}`);
  const word = severity === 'error' ? paint('red', 'error') : paint('yellow', 'warning');
  return `${where}: ${word}: ${clean(path ? `${path}: ` : '')}${clean(message)} [${code}]`;
}
