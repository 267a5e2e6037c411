import { type Finding, problemAt } from '../problem.ts';
import type { JsonRecord } from '../reading/json.ts';

/** Layouts that are no list of messages, by the fields that tell them. */
const layouts: readonly [fields: readonly string[], what: string][] = [
  [['conversations'], "a conversation in ShareGPT's layout"],
  [['instruction', 'output'], "an instruction and its output, in Alpaca's layout"],
  [['instruction', 'response'], "an instruction and its response, in Dolly's layout"],
  [['prompt', 'completion'], 'a prompt and its completion, which models of today are not trained on'],
  [['chosen', 'rejected'], 'a pair of answers in columns'],
];

/** Told of an example without messages that has another layout; undefined where it has none that is known. */
export function foreignLayout(example: JsonRecord): Finding | undefined {
  const [, what] = layouts.find(([fields]) => fields.every((field) => Object.hasOwn(example, field))) ?? [];
  if (what === undefined) return undefined;
  return problemAt('', 'wrong_format', `This is ${what}. Make messages of it with \`tunewright convert\`.`);
}

/** What is said of a line that holds no object. */
export function noObject(value: unknown): Finding {
  const is = Array.isArray(value) ? 'a list' : value === null ? 'null' : `a ${typeof value}`;
  const message = `An example is a JSON object with a list of messages; this line is ${is}. Write it as {"messages": [...]}.`;
  return problemAt('', 'data_type', message);
}
