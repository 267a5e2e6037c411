import type { GraderConfig, SingleGraderConfig } from '../../contract/graders.ts';
import type { Reinforcement } from '../platform.ts';

/** Graders that jobs of the protocol take: OpenAI's API description, `FineTuneReinforcementMethod`. */
const types: readonly SingleGraderConfig['type'][] = ['string_check', 'text_similarity', 'score_model', 'python'];

/** As jobs of the protocol learn by it. */
export const protocolReinforcement: Reinforcement = {
  objection(grader) {
    const parts = grader.type === 'multi' ? Object.values(grader.graders) : [grader];
    const other = parts.find(({ type }) => !types.includes(type));
    if (other) return `Jobs learn from ${types.join(', ')} and multi of these, not from ${other.type}.`;
    if (!parts.some((part) => 'connection' in part && part.connection !== undefined)) return undefined;
    return 'Graders of a job ask models of the platform itself: leave out their connection.';
  },
};

/** The run's grader in OpenAI's own fields. */
export function graderOfTheProtocol(grader: GraderConfig): Record<string, unknown> {
  return ofTheProtocol(grader, 'reward');
}

/** Every grader has a name there, and none a bound with which an answer passes. */
function ofTheProtocol(grader: GraderConfig, name: string): Record<string, unknown> {
  const { pass_threshold: _, ...fields } = grader as GraderConfig & { pass_threshold?: number };
  const named = { name, ...fields };
  if (fields.type !== 'multi') return named;
  const parts = Object.entries(fields.graders).map(([part, one]) => [part, ofTheProtocol(one, part)]);
  return { ...named, graders: Object.fromEntries(parts) };
}
