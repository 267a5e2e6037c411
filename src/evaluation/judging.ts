import type { Grading } from './graders/index.ts';
import { createPatience, type Patience } from './patience.ts';
import type { ThrottleOptions } from './throttle.ts';

/**
 * Makes the calls of graders, within what each model takes: limits are those of a model at a connection, so what one
 * refuses says nothing of another.
 */
export function createJudging(options: ThrottleOptions): Grading['remote'] {
  const patiences = new Map<string, Patience>();

  function patienceWith(name: string): Patience {
    const known = patiences.get(name) ?? createPatience(options);
    patiences.set(name, known);
    return known;
  }

  return async ({ connection, model }, call) =>
    await patienceWith(JSON.stringify([connection, model]))(async (tell) => {
      const answer = await call(options.signal);
      tell(answer.limits, answer.use.inputTokens + answer.use.outputTokens);
      return answer;
    });
}
