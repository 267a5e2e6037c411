import type { SingleGraderConfig } from '../../contract/graders.ts';
import { cost, latency, length } from './bounds.ts';
import type { GraderContext } from './context.ts';
import type { Grader } from './grader.ts';
import { json } from './json.ts';
import { labelModel, scoreModel } from './model.ts';
import { numeric } from './numeric.ts';
import { pairwise } from './pairwise.ts';
import { regex } from './pattern.ts';
import { refusal } from './refusal.ts';
import { script } from './script.ts';
import { textSimilarity } from './similarity.ts';
import { exactMatch, stringCheck } from './strings.ts';
import { toolCalls } from './tool-calls.ts';

/** Every grader but `multi`. Throws `invalid_config` for what no example can be graded by. */
export function single(config: SingleGraderConfig, context: GraderContext): Grader {
  switch (config.type) {
    case 'exact_match':
      return exactMatch(config);
    case 'string_check':
      return stringCheck(config);
    case 'text_similarity':
      return textSimilarity(config, context);
    case 'score_model':
      return scoreModel(config, context);
    case 'label_model':
      return labelModel(config, context);
    case 'pairwise':
      return pairwise(config, context);
    case 'python':
    case 'module':
      return script(config, context);
    case 'numeric':
      return numeric(config);
    case 'json':
      return json(config);
    case 'tool_calls':
      return toolCalls(config);
    case 'regex':
      return regex(config);
    case 'refusal':
      return refusal(config);
    case 'length':
      return length(config);
    case 'latency':
      return latency(config);
    case 'cost':
      return cost(config);
  }
}
