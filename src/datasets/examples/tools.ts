import { type Finding, problemAt, shown, warningAt } from '../problem.ts';
import { beyondWords, isRecord, type JsonRecord, parseJson } from '../reading/json.ts';
import { mismatchOf } from './arguments.ts';

/** Everything wrong with the tools that an example offers. */
export function checkTools({ tools, functions, parallel_tool_calls: parallel }: JsonRecord): Finding[] {
  if (tools === undefined && functions === undefined && parallel === undefined) return [];
  const found = [
    ...checkList(tools, 'tools', '.function', (tool) =>
      isRecord(tool) && tool.type === 'function' ? tool.function : undefined,
    ),
    ...checkList(functions, 'functions', '', (item) => item),
  ];
  if (parallel !== undefined && typeof parallel !== 'boolean') {
    found.push(
      problemAt('parallel_tool_calls', 'invalid_tools', 'parallel_tool_calls is true or false. Mend or remove it.'),
    );
  } else if (parallel !== undefined && tools === undefined) {
    found.push(
      problemAt(
        'parallel_tool_calls',
        'invalid_tools',
        'parallel_tool_calls is given without tools. Add them or remove it.',
      ),
    );
  }
  return found;
}

/** @param within where in an item its function stands, which `functionOf` answers */
function checkList(list: unknown, path: string, within: string, functionOf: (item: unknown) => unknown): Finding[] {
  if (list === undefined) return [];
  if (!Array.isArray(list) || list.length === 0) {
    return [problemAt(path, 'invalid_tools', 'This is a list of at least one function definition. Mend or remove it.')];
  }
  const shape =
    path === 'tools' ? '{"type": "function", "function": {"name", "parameters"}}' : '{"name", "parameters"}';
  return list.flatMap((item, index) => {
    const given = functionOf(item);
    const at = `${path}[${index}]`;
    if (!isRecord(given) || typeof given.name !== 'string' || !isParameters(given.parameters)) {
      return [problemAt(at, 'invalid_tools', `This is no function definition. Write it as ${shape}.`)];
    }
    if (isName(given.name)) return [];
    const message = 'The name of a function has up to 64 letters, digits, _ and -. Mend it, and in the calls too.';
    return [problemAt(`${at}${within}.name`, 'invalid_tools', message)];
  });
}

function isParameters(value: unknown): boolean {
  return value === undefined || isRecord(value);
}

/** Function names as OpenAI's API description has them. */
function isName(name: unknown): name is string {
  return typeof name === 'string' && /^[a-zA-Z0-9_-]{1,64}$/.test(name);
}

/** Everything wrong with the calls of one answer. */
export function checkCalls({ tool_calls: calls, function_call: legacy }: JsonRecord, path: string): Finding[] {
  const found = legacy == null ? [] : checkCall(legacy, `${path}.function_call`);
  if (calls === undefined) return found;
  if (!Array.isArray(calls) || calls.length === 0) {
    return [
      ...found,
      problemAt(
        `${path}.tool_calls`,
        'invalid_tool_call',
        'tool_calls is a list of at least one call. Mend or remove it.',
      ),
    ];
  }
  return [...found, ...calls.flatMap((call, index) => checkToolCall(call, `${path}.tool_calls[${index}]`))];
}

function checkToolCall(call: unknown, path: string): Finding[] {
  if (!isRecord(call) || call.type !== 'function' || typeof call.id !== 'string' || call.id === '') {
    return [problemAt(path, 'invalid_tool_call', 'A call has an id, the type "function" and a function. Mend it.')];
  }
  return checkCall(call.function, `${path}.function`);
}

function checkCall(call: unknown, path: string): Finding[] {
  if (!isRecord(call) || !isName(call.name)) {
    return [
      problemAt(
        path,
        'invalid_tool_call',
        'A call names its function with up to 64 letters, digits, _ and -. Mend it.',
      ),
    ];
  }
  return checkArguments(call.arguments, `${path}.arguments`);
}

function checkArguments(args: unknown, path: string): Finding[] {
  const parsed = typeof args === 'string' ? parseJson(args) : undefined;
  if (parsed && 'value' in parsed) {
    if (isRecord(parsed.value)) return [];
    if (typeof parsed.value === 'string') {
      const twice =
        'The arguments are JSON encoded twice: the model would learn to send text where the tool expects an object. Encode them once.';
      return [problemAt(path, 'arguments_encoded_twice', twice)];
    }
  }
  if (parsed && 'beyond' in parsed) {
    const message = `The arguments are ${beyondWords[parsed.beyond]}, which no tool takes. Shorten them.`;
    return [problemAt(path, 'invalid_arguments', message)];
  }
  const message =
    'The arguments must be a JSON object written as text, such as "{\\"city\\": \\"Rome\\"}"; no tool can be called with anything else. Mend them.';
  return [problemAt(path, 'invalid_arguments', message)];
}

/** Everything wrong with how calls and results follow each other; only the last answer's calls may be without results. */
export function checkCallSequence(
  messages: readonly JsonRecord[],
  offer: JsonRecord,
  pathOf: (index: number) => string = (index) => `messages[${index}]`,
): Finding[] {
  // Most examples have neither: their messages need not be gone through.
  if (!messages.some(callsOrAnswers)) return [];
  const found: Finding[] = [];
  const offered = offeredIn(offer);
  const known = new Set<unknown>();
  const called = new Set<unknown>();
  const open = new Map<unknown, string>();
  for (const [index, message] of messages.entries()) {
    const path = pathOf(index);
    if (message.role === 'tool') {
      open.delete(message.tool_call_id);
      const named = typeof message.tool_call_id === 'string';
      if (named && !known.has(message.tool_call_id)) found.push(unknownCall(path, 'tool_call_id'));
      continue;
    }
    found.push(...[...open.values()].map(unanswered));
    open.clear();
    found.push(...checkFunctionCall(message, offered, called, path));
    for (const [position, call] of callsOf(message).entries()) {
      const at = `${path}.tool_calls[${position}]`;
      if (known.has(call.id))
        found.push(
          problemAt(
            at,
            'duplicate_tool_call_id',
            'Two calls of the example have this id, so results are ambiguous. Give each its own.',
          ),
        );
      found.push(...checkOffered(functionOf(call), offered, at, 'tools'));
      found.push(...checkDeclared(functionOf(call), offered, `${at}.function.arguments`));
      known.add(call.id);
      open.set(call.id, at);
    }
  }
  return found;
}

function callsOrAnswers({ role, tool_calls: calls, function_call: legacy }: JsonRecord): boolean {
  return role === 'tool' || role === 'function' || calls !== undefined || legacy != null;
}

/** The parameters of each function, by its name. */
function offeredIn({ tools, functions }: JsonRecord): ReadonlyMap<unknown, unknown> {
  const defined = [
    ...(Array.isArray(tools) ? tools.map(functionOf) : []),
    ...(Array.isArray(functions) ? functions.filter(isRecord) : []),
  ];
  return new Map(defined.map(({ name, parameters }) => [name, parameters]));
}

/** Calls as they were before there were tools: a result has no id and names its function. */
function checkFunctionCall(
  { role, name, function_call: call }: JsonRecord,
  offered: ReadonlyMap<unknown, unknown>,
  called: Set<unknown>,
  path: string,
): Finding[] {
  if (role === 'function' && typeof name === 'string' && !called.has(name)) return [unknownCall(path, 'name')];
  if (!isRecord(call)) return [];
  called.add(call.name);
  const at = `${path}.function_call`;
  return [...checkOffered(call, offered, at, 'functions'), ...checkDeclared(call, offered, `${at}.arguments`)];
}

/** A call without a name is told as such. */
function checkOffered(
  { name }: JsonRecord,
  offered: ReadonlyMap<unknown, unknown>,
  path: string,
  list: 'tools' | 'functions',
): Finding[] {
  if (typeof name !== 'string' || offered.has(name)) return [];
  const message = `The call is of a tool that the example does not offer. Add it to ${list}.`;
  return [warningAt(path, 'unknown_tool', message)];
}

function checkDeclared(call: JsonRecord, offered: ReadonlyMap<unknown, unknown>, path: string): Finding[] {
  const parameters = offered.get(call.name);
  const parsed = typeof call.arguments === 'string' && isRecord(parameters) ? parseJson(call.arguments) : undefined;
  if (!parsed || !('value' in parsed) || !isRecord(parsed.value)) return [];
  const mismatch = mismatchOf(parsed.value, parameters);
  if (!mismatch) return [];
  const where = mismatch.at === '' ? '' : ` at ${shown(mismatch.at)}`;
  const message = `The arguments are not what the tool declares${where}: ${mismatch.how}. The model would learn calls that fail. Mend the call or the tool's parameters.`;
  return [warningAt(path, 'arguments_not_as_declared', message)];
}

function callsOf({ tool_calls: calls }: JsonRecord): JsonRecord[] {
  return Array.isArray(calls) ? calls.filter(isRecord) : [];
}

function functionOf(value: unknown): JsonRecord {
  return isRecord(value) && isRecord(value.function) ? value.function : {};
}

function unknownCall(path: string, key: string): Finding {
  const message = `No call before this result has its ${key}. Put the call before it, or mend the ${key}.`;
  return problemAt(path, 'unknown_tool_call', message);
}

function unanswered(path: string): Finding {
  return problemAt(
    path,
    'unanswered_tool_call',
    'The conversation goes on without the result of this call; platforms refuse that. Add a tool message with its id.',
  );
}
