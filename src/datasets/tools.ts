import type { Report } from './problem.ts';
import { isJson, isRecord } from './values.ts';

/** Checks the tools that an example declares, in today's form and in the older one. */
export function checkTools(example: Record<string, unknown>, report: Report): void {
  const { tools, functions, parallel_tool_calls: parallel } = example;
  if (parallel !== undefined && typeof parallel !== 'boolean') {
    report('parallel_tool_calls_type', 'parallel_tool_calls', 'It must be true or false.');
  }
  if (tools !== undefined && !Array.isArray(tools)) report('tools_type', 'tools', 'It must be a list.');
  if (Array.isArray(tools)) {
    tools.forEach((tool, i) => {
      if (!isRecord(tool) || tool.type !== 'function' || !isRecord(tool.function)) {
        report('tool_form', `tools[${i}]`, 'A tool is {"type": "function", "function": {"name": …}}.');
      } else checkName(tool.function, `tools[${i}].function`, report);
    });
  }
  if (functions !== undefined && !Array.isArray(functions)) report('tools_type', 'functions', 'It must be a list.');
  if (Array.isArray(functions)) {
    functions.forEach((declared, i) => {
      if (!isRecord(declared)) report('tool_form', `functions[${i}]`, 'A function is {"name": …, "parameters": …}.');
      else checkName(declared, `functions[${i}]`, report);
    });
  }
}

/** Checks the calls of one message and remembers their ids. */
export function checkToolCalls(
  message: Record<string, unknown>,
  path: string,
  calls: Set<string>,
  report: Report,
): void {
  const { tool_calls: made, role } = message;
  if (made === undefined || made === null) return;
  if (role !== 'assistant') report('tool_calls_not_allowed', `${path}.tool_calls`, 'Only an assistant message calls.');
  if (!Array.isArray(made) || made.length === 0) {
    report('tool_calls_type', `${path}.tool_calls`, 'It must be a non-empty list.');
    return;
  }
  made.forEach((call, i) => {
    const at = `${path}.tool_calls[${i}]`;
    if (!isRecord(call) || !isRecord(call.function)) {
      report('tool_call_form', at, 'A call is {"id": …, "type": "function", "function": {"name": …, "arguments": …}}.');
      return;
    }
    if (typeof call.id === 'string') calls.add(call.id);
    else report('tool_call_form', `${at}.id`, 'A call needs an "id", so that its result can name it.');
    if (call.type !== 'function') report('tool_call_form', `${at}.type`, 'Its type must be "function".');
    checkName(call.function, `${at}.function`, report);
    checkArguments(call.function, `${at}.function`, report);
  });
}

/** The form before tool calls: one call a message, without an id. */
export function checkFunctionCall(message: Record<string, unknown>, path: string, report: Report): void {
  const { function_call: call, role } = message;
  if (call === undefined || call === null) return;
  const at = `${path}.function_call`;
  if (role !== 'assistant') report('tool_calls_not_allowed', at, 'Only an assistant message calls.');
  if (!isRecord(call)) {
    report('tool_call_form', at, 'It must be {"name": …, "arguments": …}.');
    return;
  }
  checkName(call, at, report);
  checkArguments(call, at, report);
}

function checkName(named: Record<string, unknown>, path: string, report: Report): void {
  if (typeof named.name === 'string' && /^[\w-]{1,64}$/.test(named.name)) return;
  report('function_name', `${path}.name`, 'A name has 1 to 64 letters, digits, dashes and underscores.');
}

function checkArguments(call: Record<string, unknown>, path: string, report: Report): void {
  if (typeof call.arguments === 'string' && isJson(call.arguments)) return;
  report('arguments_not_json', `${path}.arguments`, 'Arguments are a string that holds JSON.');
}
