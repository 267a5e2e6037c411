import type { GraderConfig } from '../../contract/graders.ts';
import type { GraderContext } from './context.ts';
import { type Grader, lenient } from './grader.ts';
import { multi } from './multi.ts';
import { single } from './single.ts';

export type { GraderContext } from './context.ts';
export type { Grade, Grader, Grading, JudgeUse } from './grader.ts';
export { type AskedModel, askedModels } from './models.ts';

/** Makes a grader. Throws `invalid_config` for one that could grade nothing, and what `context.script` throws. */
export function createGrader(config: GraderConfig, context: GraderContext): Grader {
  return config.type === 'multi' ? multi(config, context) : lenient(single(config, context));
}
