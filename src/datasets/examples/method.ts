import type { Method } from '../../contract/config.ts';
import { isRecord, type JsonRecord, parseJson } from '../reading/json.ts';
import { type ReadOptions, readLines } from '../reading/source.ts';
import { questionKeys } from './reinforcement.ts';

/** The method whose format the first line of a file has; `supervised` where it has none. Throws as reading does. */
export async function methodOf(path: string, options: ReadOptions = {}): Promise<Method> {
  for await (const list of readLines(path, options)) {
    const first = list.find((found) => !('problem' in found && found.problem.code === 'byte_order_mark'));
    if (!first) continue;
    const parsed = 'line' in first ? parseJson(first.line.text) : undefined;
    const value = parsed && 'value' in parsed ? parsed.value : undefined;
    return isRecord(value) ? methodOfLine(value) : 'supervised';
  }
  return 'supervised';
}

/** A question with something beside it for graders is for reinforcement. */
function methodOfLine(line: JsonRecord): Method {
  if (Object.hasOwn(line, 'preferred_output') || (isRecord(line.input) && !Object.hasOwn(line, 'messages')))
    return 'dpo';
  const last = Array.isArray(line.messages) ? line.messages.at(-1) : undefined;
  const asked = isRecord(last) && last.role === 'user';
  return asked && Object.keys(line).some((name) => !questionKeys.includes(name)) ? 'reinforcement' : 'supervised';
}
