import type { ComparedWithFirst } from '../../../contract/evaluate.ts';
import type { EvaluationReport } from '../../evaluated.ts';
import { formatCount, formatInterval, formatPercent, formatPoints, formatPValue, formatUsd } from '../../format.ts';
import type { Outcome, Tone } from './block.ts';
import { ofExamples } from './caveats.ts';

/** What an evaluation without a run has shown. A difference counts as shown as in the verdict of a run, after Holm. */
export function evaluatedOutcome(report: EvaluationReport): Outcome {
  const { models, comparisons, details, cost, simulated, warnings } = report;
  const [first] = models;
  const questions = first?.evaluation.examples ?? 0;
  const score = first?.evaluation.score ?? { value: 0, low: 0, high: 1 };
  return {
    ...found(comparisons),
    says: says(report),
    why: 'Nothing was tuned, and nothing goes into service by this. A model that has learnt from these examples looks better than it is; that is known only of those that a run here has made.',
    caveats: [
      ...warnings.filter((warning) => warning.endsWith('[learnt_examples]')),
      ...ofExamples({ evaluation: first?.evaluation, slices: details[0]?.slices, unsliced: details[0]?.unsliced }),
    ],
    figures: [
      {
        name: first?.name ?? '',
        value: formatPercent(score.value),
        note: `95% interval ${formatInterval(score)}`,
      },
      ...comparisons.slice(0, 2).map(({ name, difference }) => {
        const [value = '', unit = ''] = formatPoints(difference.value).split(' ');
        return { name, value, unit, note: `95% interval ${formatInterval(difference)}` };
      }),
      { name: 'Questions', value: questions.toLocaleString('en-US'), note: formatCount(models.length, 'model') },
      {
        name: simulated ? 'Cost, simulated' : 'Cost',
        value: formatUsd(cost.usd),
        note: `estimated ${formatUsd(cost.estimatedUsd)}`,
      },
    ],
  };
}

type Shown = 'better' | 'worse' | undefined;

function shown({ difference, adjustedPValue }: ComparedWithFirst): Shown {
  if (adjustedPValue >= 0.05) return undefined;
  if (difference.low > 0) return 'better';
  return difference.high < 0 ? 'worse' : undefined;
}

function found(comparisons: readonly ComparedWithFirst[]): { word: string; tone: Tone } {
  if (comparisons.length === 0) return { word: 'One model measured', tone: 'neutral' };
  const better = comparisons.filter((one) => shown(one) === 'better').length;
  const worse = comparisons.filter((one) => shown(one) === 'worse').length;
  const [only] = comparisons;
  if (comparisons.length === 1 && only) {
    const how = shown(only);
    if (how === undefined) return { word: 'No difference shown', tone: 'neutral' };
    return how === 'better' ? { word: 'Better', tone: 'good' } : { word: 'Worse', tone: 'bad' };
  }
  if (better + worse === 0) return { word: 'No difference shown', tone: 'neutral' };
  const parts = [...(better > 0 ? [`${better} better`] : []), ...(worse > 0 ? [`${worse} worse`] : [])];
  return { word: `${parts.join(', ')}, of ${comparisons.length}`, tone: better > 0 ? 'good' : 'bad' };
}

function says({ models, comparisons }: EvaluationReport): string {
  const [first] = models;
  if (!first) return '';
  const { examples, ungraded = 0, score } = first.evaluation;
  const measured = `${first.name} answers ${formatPercent(score.value)} of ${formatCount(examples - ungraded, 'question')} right`;
  if (comparisons.length === 0) return `${measured}, 95% interval ${formatInterval(score)}.`;
  return [`${measured}.`, ...comparisons.map(sentence)].join(' ');
}

function sentence(comparison: ComparedWithFirst): string {
  const { name, difference, adjustedPValue } = comparison;
  const how = shown(comparison);
  const opening = how === undefined ? `No difference was shown of ${name}` : `${name} is shown to be ${how}`;
  const apart = difference.low > 0 || difference.high < 0;
  const doubt = how === undefined && apart ? `, but ${formatPValue(adjustedPValue)}` : '';
  return `${opening} (${formatPoints(difference.value)}, 95% interval ${formatInterval(difference)}${doubt}).`;
}
