/** What the last user message says, of text parts a line each: people judge an answer by its question. */
export function askedText(messages: readonly unknown[]): string {
  const asked = messages.findLast(isUserMessage);
  const content = asked?.content;
  if (typeof content === 'string') return content;
  return Array.isArray(content)
    ? content.map((part) => (typeof part?.text === 'string' ? part.text : '')).join('\n')
    : '';
}

function isUserMessage(message: unknown): message is { role: 'user'; content?: unknown } {
  return typeof message === 'object' && message !== null && 'role' in message && message.role === 'user';
}
