import { createHash } from 'node:crypto';
import { activityInfo } from '@temporalio/activity';
import type { RunConfig } from '../contract/config.ts';
import { TunewrightError } from '../contract/errors.ts';
import { gradesLatency } from '../contract/graders.ts';
import type { ChatAnswer, ChatRequest } from '../platforms/platform.ts';
import type { Dependencies } from './dependencies.ts';

/** Behind a name that is no snapshot a platform may put another model. */
const keptDays = 90;
/** That of every question of an evaluation. */
const temperature = 0;

type Asked = Pick<ChatRequest, 'messages' | 'tools'>;
export type AnswerSettings = Pick<ChatRequest, 'model' | 'seed' | 'maxOutputTokens'> & { connection: string };

/**
 * What a model has answered in earlier evaluations, by the key of what it was asked. While the records cannot be had,
 * nothing is known and nothing kept.
 */
export interface KnownAnswers {
  /** `cached` where another evaluation has paid for it. */
  find(key: string): Promise<(ChatAnswer & { cached?: true }) | undefined>;
  add(key: string, answer: ChatAnswer): void;
  /** Keeps what was added. */
  keep(): Promise<void>;
}

interface Kept {
  answer: ChatAnswer;
  /** The evaluation that has paid. */
  by: string;
}

/** Equal for the same question, asked of the same model under the same settings: 64 hexadecimal digits. */
export function answerKey(settings: AnswerSettings, { messages, tools }: Asked): string {
  const { connection, model, seed, maxOutputTokens } = settings;
  const asked = [connection, model, messages, tools ?? [], seed ?? null, maxOutputTokens ?? null, temperature];
  return createHash('sha256').update(JSON.stringify(asked)).digest('hex');
}

export function knownAnswers(
  records: Dependencies['records'],
  { reuseAnswers, grader }: Pick<RunConfig['evaluation'], 'reuseAnswers' | 'grader'>,
): KnownAnswers {
  // What was answered earlier took its time at another moment.
  let usable = reuseAnswers && !gradesLatency(grader);
  let added = new Map<string, string>();
  const { workflowExecution, activityId } = activityInfo();
  const by = `${workflowExecution?.runId} ${activityId}`;

  async function whereUsable<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (!usable) return undefined;
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof TunewrightError)) throw error;
      // Not once a question: each may take as long as a database that does not answer is waited for.
      usable = false;
      return undefined;
    }
  }

  return {
    async find(key) {
      const found = await whereUsable(async () => await (await records()).findAnswer(key));
      if (found === undefined) return undefined;
      const { answer, by: payer } = JSON.parse(found) as Kept;
      // An attempt before this one may have died before it could hand over what it had asked.
      return payer === by ? answer : { ...answer, cached: true };
    },
    add(key, answer) {
      if (usable) added.set(key, JSON.stringify({ answer, by } satisfies Kept));
    },
    async keep() {
      const answers = added;
      added = new Map();
      if (answers.size > 0) await whereUsable(async () => await (await records()).keepAnswers(answers, keptDays));
    },
  };
}
