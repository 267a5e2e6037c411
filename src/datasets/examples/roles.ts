const common = ['role', 'content', 'name'];
/** The fields each role may have, from OpenAI's API description; tool results have carried a name for long. */
export const keysOfRole: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['system', common],
  ['developer', common],
  ['user', common],
  ['assistant', [...common, 'refusal', 'tool_calls', 'function_call', 'weight']],
  ['tool', [...common, 'tool_call_id']],
  ['function', common],
]);

/** What other layouts call the two who speak. */
const otherNames: ReadonlyMap<string, 'user' | 'assistant'> = new Map([
  ['human', 'user'],
  ['gpt', 'assistant'],
  ['chatgpt', 'assistant'],
  ['bard', 'assistant'],
  ['bing', 'assistant'],
  ['bot', 'assistant'],
  ['model', 'assistant'],
  ['ai', 'assistant'],
]);

/** The role that one in capitals or by another name can only mean; undefined for what is none. */
export function meantRole(role: unknown): string | undefined {
  if (typeof role !== 'string') return undefined;
  const name = role.trim().toLowerCase();
  return keysOfRole.has(name) ? name : otherNames.get(name);
}

/** Whether such a message says how to answer, and not what is asked. */
export function instructs({ role }: { role?: unknown }): boolean {
  return role === 'system' || role === 'developer';
}
