import { TunewrightError } from '../../contract/errors.ts';
import type { ConfigOf } from '../../contract/graders.ts';
import { duplicateKeyOf } from '../../datasets/reading/duplicate-keys.ts';
import { isRecord, parseJson } from '../../datasets/reading/json.ts';
import type { GraderContext, JudgeRequest } from './context.ts';
import type { Grading } from './grader.ts';

type JudgeConfig = ConfigOf<'score_model' | 'label_model' | 'pairwise'>;

export interface Judgement {
  /** What the judge was asked for, beside its reasoning. */
  value: unknown;
  reasoning: string;
}

/** Models that think write their thoughts within this. */
const defaultOutputTokens = 4096;
const reasonShown = 300;

/**
 * Asks a judge for one value, and for its reasoning before it. The answer is read strictly: an object of these two fields and
 * nothing around it. Throws `judge_unreadable` for any other; what was asked is counted all the same.
 *
 * @param schema JSON Schema of the value
 */
export async function askJudge(
  { model, connection, sampling_params: params }: JudgeConfig,
  field: string,
  schema: Readonly<Record<string, unknown>>,
  messages: JudgeRequest['messages'],
  context: GraderContext,
  { remote, count }: Grading,
): Promise<Judgement> {
  const request: JudgeRequest = {
    connection,
    model,
    messages: ending(messages, `Answer with JSON alone: an object of "reasoning" and "${field}".`),
    format: {
      name: 'judgement',
      schema: {
        type: 'object',
        properties: { reasoning: { type: 'string', description: 'One or two sentences.' }, [field]: schema },
        required: ['reasoning', field],
        additionalProperties: false,
      },
    },
    sampling: samplingOf(params),
    maxOutputTokens: params.max_completions_tokens ?? defaultOutputTokens,
    seed: params.seed ?? undefined,
  };
  const { text, use } = await remote(request, (signal) => context.ask(request, signal));
  count(use);
  const parsed = parseJson(text);
  // Of a field that stands twice it is anybody's guess which one was meant.
  const clear = 'value' in parsed && duplicateKeyOf(text, parsed.keys) === undefined;
  const answer = clear && isRecord(parsed.value) ? parsed.value : {};
  if (Object.keys(answer).length !== 2 || !Object.hasOwn(answer, field) || typeof answer.reasoning !== 'string') {
    throw unreadable(`The judge ${model} did not answer as it was asked to.`);
  }
  return { value: answer[field], reasoning: answer.reasoning.slice(0, reasonShown) };
}

/** Said behind the data, where it is followed most; a part of the last turn, for many open models take no two in a row. */
export function ending(messages: JudgeRequest['messages'], request: string): JudgeRequest['messages'] {
  const last = messages.at(-1);
  if (last?.role !== 'user') return [...messages, { role: 'user', content: request }];
  return [...messages.slice(0, -1), { role: 'user', content: `${last.content}\n\n${request}` }];
}

/** Nothing is sent that was not asked for: models that think take no temperature. */
function samplingOf({
  temperature,
  top_p,
  reasoning_effort,
}: JudgeConfig['sampling_params']): JudgeRequest['sampling'] {
  return {
    ...(typeof temperature === 'number' ? { temperature } : {}),
    ...(typeof top_p === 'number' ? { topP: top_p } : {}),
    ...(reasoning_effort ? { reasoningEffort: reasoning_effort } : {}),
  };
}

export function unreadable(message: string): TunewrightError {
  return new TunewrightError('judge_unreadable', message, {
    advice: 'Choose a judge that takes a JSON schema for its answers, or raise max_completions_tokens.',
  });
}
