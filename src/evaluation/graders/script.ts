import type { ConfigOf } from '../../contract/graders.ts';
import { parseJson } from '../../datasets/reading/json.ts';
import type { Sample } from '../sample.ts';
import type { GraderContext } from './context.ts';
import { type Grader, scored } from './grader.ts';

const reasonKept = 300;

/** Code of the user's own gives a number. */
export function script(config: ConfigOf<'python' | 'module'>, context: GraderContext): Grader {
  const { pass_threshold: threshold } = config;
  const code = context.script(config.type === 'python' ? { python: config.source } : { module: config.module });
  return {
    least: 0,
    // What the code reads is its own affair.
    check() {},
    async grade(item, sample) {
      const { score, reason } = await code.grade(item, withJson(sample));
      return scored(score, threshold, reason?.slice(0, reasonKept));
    },
  };
}

/** `output_json` is there when the answer is JSON, as OpenAI has it. */
function withJson(sample: Sample): Sample {
  const parsed = parseJson(sample.output_text);
  return 'value' in parsed ? { ...sample, output_json: parsed.value } : sample;
}
