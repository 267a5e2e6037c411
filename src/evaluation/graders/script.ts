import type { ConfigOf } from '../../contract/graders.ts';
import type { GraderContext } from './context.ts';
import { type Grader, scored } from './grader.ts';

/** Code of the user's own gives a number. */
export function script(config: ConfigOf<'python' | 'module'>, context: GraderContext): Grader {
  const { pass_threshold: threshold } = config;
  const code = context.script(config.type === 'python' ? { python: config.source } : { module: config.module });
  return {
    least: 0,
    // What the code reads is its own affair.
    check() {},
    async grade(item, sample) {
      const { score, reason } = await code.grade(item, sample);
      return scored(score, threshold, reason);
    },
  };
}
