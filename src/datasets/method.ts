import type { Method } from '../contract/config.ts';
import { isRecord, parseJson } from './json.ts';
import { type ReadOptions, readLines } from './source.ts';

/** The method whose format the first line of a file has; `supervised` where it has none. Throws as reading does. */
export async function methodOf(path: string, options: ReadOptions = {}): Promise<Method> {
  for await (const list of readLines(path, options)) {
    const first = list.find((found) => !('problem' in found && found.problem.code === 'byte_order_mark'));
    if (!first) continue;
    const parsed = 'line' in first ? parseJson(first.line.text) : undefined;
    const value = parsed && 'value' in parsed ? parsed.value : undefined;
    return isRecord(value) && Object.hasOwn(value, 'input') && !Object.hasOwn(value, 'messages') ? 'dpo' : 'supervised';
  }
  return 'supervised';
}
