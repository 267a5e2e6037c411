import type { ConfigOf } from '../../contract/graders.ts';
import type { ToolCall } from '../../contract/tool-call.ts';
import { canonicalJson, isRecord, parseJson } from '../../datasets/reading/json.ts';
import { parseTemplate } from '../templates.ts';
import { type Grade, type Grader, isOfItem, textGrader } from './grader.ts';

/**
 * Whether an answer calls the tools that its reference calls, with arguments that are equal as JSON. The score is the
 * share of calls that are in both. A reference that is text calls none.
 */
export function toolCalls(config: ConfigOf<'tool_calls'>): Grader {
  const { reference, ignore_order: anyOrder, ignore_arguments: namesOnly } = config;
  const form = namesOnly ? ({ name }: Call) => name : ({ name, args }: Call) => `${name} ${args}`;
  const grader = textGrader({ reference }, (texts, { sample: { output_tools: made = [] } }) => {
    const said = made.map(callOf).map(form);
    const hoped = callsIn(texts.reference).map(form);
    return anyOrder ? inAnyOrder(said, hoped) : inOrder(said, hoped);
  });
  if (!isOfItem(reference)) return grader;
  const template = parseTemplate(reference);
  return { ...grader, hopesForCall: (item) => callsIn(template.fill(item, { output_text: '' })).length > 0 };
}

interface Call {
  name: string;
  /** Canonical JSON, or the text that is none. */
  args: string;
}

function callOf({ function: { name, arguments: text } }: ToolCall): Call {
  const parsed = parseJson(text);
  return { name, args: 'value' in parsed ? canonicalJson(parsed.value) : text };
}

/** The form in which references that call tools are told, or that of the chat protocol. */
function callsIn(reference: string): Call[] {
  const parsed = parseJson(reference);
  const list = 'value' in parsed && Array.isArray(parsed.value) ? parsed.value : [];
  const calls = list.filter(isRecord).map((entry) => (isRecord(entry.function) ? entry.function : entry));
  if (calls.length < list.length || calls.some(({ name }) => typeof name !== 'string')) return [];
  return calls.map(({ name, arguments: args }) => {
    if (typeof args === 'string') return callOf({ function: { name: String(name), arguments: args } });
    return { name: String(name), args: canonicalJson(args ?? null) };
  });
}

function inOrder(said: readonly string[], hoped: readonly string[]): Grade {
  return shared(said.filter((call, at) => call === hoped[at]).length, said, hoped);
}

function inAnyOrder(said: readonly string[], hoped: readonly string[]): Grade {
  const left = [...hoped];
  let common = 0;
  for (const call of said) {
    const at = left.indexOf(call);
    if (at < 0) continue;
    left.splice(at, 1);
    common += 1;
  }
  return shared(common, said, hoped);
}

function shared(common: number, said: readonly string[], hoped: readonly string[]): Grade {
  const most = Math.max(said.length, hoped.length);
  const score = most === 0 ? 1 : common / most;
  if (score === 1) return { passed: true, score };
  return {
    passed: false,
    score,
    reason: `${common} of the calls are as hoped, of ${said.length} made and ${hoped.length} hoped for.`,
  };
}
