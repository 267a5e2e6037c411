import type { GraderConfig, Metric, SingleGraderConfig } from '../../contract/graders.ts';
import type { Reinforcement } from '../platform.ts';
import type { Tuning } from './tuning.ts';

/** Graders that trainers compute themselves: tunewright_trainer/graders.py. */
const types: readonly SingleGraderConfig['type'][] = [
  'exact_match',
  'string_check',
  'text_similarity',
  'numeric',
  'python',
];
const unknownMetrics: readonly Metric[] = ['cosine', 'meteor'];

/** By the trainers. */
export function trainerReinforcement({ answers }: Tuning): Reinforcement {
  return { answers, objection };
}

function objection(grader: GraderConfig): string | undefined {
  if (grader.type === 'multi') {
    return Object.values(grader.graders)
      .map(objection)
      .find((found) => found !== undefined);
  }
  if (!types.includes(grader.type)) {
    return `Trainers compute rewards by ${types.join(', ')} and multi of these, not by ${grader.type}.`;
  }
  if (grader.type === 'text_similarity' && unknownMetrics.includes(grader.evaluation_metric)) {
    return `Trainers compute text_similarity by other metrics than ${unknownMetrics.join(' and ')}.`;
  }
  return undefined;
}
