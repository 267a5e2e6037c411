import { isObject } from '../body.ts';
import { badRequest } from '../errors.ts';
import type { RewardGrader } from '../learner/index.ts';

const PARAM = 'method.reinforcement.grader';
const OPERATIONS: readonly unknown[] = ['eq', 'ne', 'like', 'ilike'];

/** The grader of a job by reinforcement, in OpenAI's fields. Throws a 400 for one that is not computed here. */
export function readGrader(value: unknown): RewardGrader {
  if (!isObject(value)) throw missing(PARAM);
  const { type, name, input, reference, operation, evaluation_metric } = value;
  for (const [field, text] of Object.entries({ name, input, reference })) {
    if (typeof text !== 'string') throw missing(`${PARAM}.${field}`);
  }
  const computed =
    (type === 'string_check' && OPERATIONS.includes(operation)) ||
    (type === 'text_similarity' && evaluation_metric === 'fuzzy_match');
  if (computed) return value as unknown as RewardGrader;
  throw badRequest(
    'This simulated platform rewards by string_check, and by text_similarity with fuzzy_match, alone.',
    PARAM,
    'unsupported_value',
  );
}

function missing(param: string) {
  return badRequest(`Missing required parameter: '${param}'.`, param, 'missing_required_parameter');
}
