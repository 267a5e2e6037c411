import { isObject, type JsonObject } from '../body.ts';
import type { Method } from '../catalogue.ts';

const ROLES = ['system', 'developer', 'user', 'assistant', 'tool', 'function'];

/** Conversations as a model reads them: one of an example, two of a pair. */
type Conversations = JsonObject[][];

const READERS: Record<Method, (line: JsonObject) => Conversations | string> = {
  supervised: readExample,
  dpo: readPair,
  reinforcement: readQuestion,
};

/** The conversations of one line of a method's file, or what is wrong with it. */
export function readConversations(text: string, method: Method): Conversations | string {
  let line: unknown;
  try {
    line = JSON.parse(text);
  } catch {
    return 'not valid JSON.';
  }
  return isObject(line) ? READERS[method](line) : 'expected a JSON object.';
}

function readExample({ messages }: JsonObject): Conversations | string {
  const problem = problemIn(messages, 'messages');
  if (problem !== undefined) return problem;
  const example = messages as JsonObject[];
  if (example.at(-1)?.role !== 'assistant') return 'the last message must be from the assistant.';
  return [example];
}

function readQuestion({ messages }: JsonObject): Conversations | string {
  const problem = problemIn(messages, 'messages');
  if (problem !== undefined) return problem;
  const question = messages as JsonObject[];
  return question.at(-1)?.role === 'user' ? [question] : 'the last message must be from the user.';
}

/** As developers.openai.com/api/docs/guides/direct-preference-optimization describes it: one turn is learned. */
function readPair({ input, preferred_output, non_preferred_output }: JsonObject): Conversations | string {
  if (!isObject(input)) return 'expected an object "input".';
  const { messages, tools, parallel_tool_calls } = input;
  const problem = problemIn(messages, 'input.messages');
  if (problem !== undefined) return problem;
  if (tools !== undefined && !Array.isArray(tools)) return 'expected "input.tools" to be a list.';
  if (parallel_tool_calls !== undefined && typeof parallel_tool_calls !== 'boolean') {
    return 'expected "input.parallel_tool_calls" to be a boolean.';
  }
  const conversations: Conversations = [];
  for (const [name, output] of Object.entries({ preferred_output, non_preferred_output })) {
    const wrong = problemIn(output, name);
    if (wrong !== undefined) return wrong;
    const answers = output as JsonObject[];
    if (answers.length !== 1 || answers[0]?.role !== 'assistant') {
      return `"${name}" must be one message from the assistant.`;
    }
    conversations.push([...(messages as JsonObject[]), ...answers]);
  }
  return conversations;
}

/** What is wrong with a list of messages, if anything. */
function problemIn(messages: unknown, name: string): string | undefined {
  if (!Array.isArray(messages) || messages.length === 0) return `expected a non-empty list "${name}".`;
  const place = name === 'messages' ? '' : ` of "${name}"`;
  for (const [index, message] of messages.entries()) {
    if (!isObject(message)) return `message ${index + 1}${place} is not an object.`;
    if (typeof message.role !== 'string' || !ROLES.includes(message.role)) {
      return `message ${index + 1}${place} has an unknown role ${JSON.stringify(message.role)}.`;
    }
    const calls = message.tool_calls ?? message.function_call;
    const content = message.content;
    if (typeof content !== 'string' && !Array.isArray(content) && !calls) {
      return `message ${index + 1}${place} has no content.`;
    }
  }
  return undefined;
}
