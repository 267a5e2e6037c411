import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { seededRandom } from '../../src/datasets/random.ts';

const example = fileURLToPath(new URL('../../examples/support-intents/data.jsonl', import.meta.url));
const instruction = 'You are the support agent of a shop. Answer briefly and politely; name the order you speak of.';

/** Sentences of the example data set: what a file of any size is put together from. */
async function sentences(): Promise<string[]> {
  const found: string[] = [];
  for await (const line of createInterface(createReadStream(example))) {
    const { messages } = JSON.parse(line) as { messages: { role: string; content: string }[] };
    found.push(...messages.filter(({ role }) => role === 'user').map(({ content }) => content));
  }
  return found;
}

/**
 * Writes a chat data set of about that many bytes: sentences in new orders with words exchanged, and the numbers, names,
 * addresses and letters beyond ASCII that real data is full of. The same bytes, the same file.
 */
export async function writeChatFile(path: string, bytes: number): Promise<void> {
  const known = await sentences();
  const words = [...new Set(known.join(' ').split(' '))];
  const random = seededRandom(1);
  const oneOf = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)] as T;
  const odd = [
    () => String(Math.floor(random() * 1e6)),
    () => `#${Math.floor(random() * 36 ** 6).toString(36)}`,
    () => `https://shop.example/orders/${Math.floor(random() * 1e5)}?ref=${Math.floor(random() * 1e4)}`,
    () => oneOf(['Größe', 'café', 'señor', '£12.50', '“quoted”', '👍', '訂單', 'naïve']),
    () => `${oneOf(words)}\n\n- ${oneOf(words)}`,
  ];
  const text = (length: number) =>
    Array.from({ length }, () => {
      const kind = random();
      return kind < 0.3 ? oneOf(known) : kind < 0.92 ? `${oneOf(words)} ${oneOf(words)} ${oneOf(words)}` : oneOf(odd)();
    }).join(' ');

  const file = createWriteStream(path);
  for (let written = 0; written < bytes; ) {
    const messages = [
      { role: 'system', content: instruction },
      { role: 'user', content: text(4 + Math.floor(random() * 20)) },
      { role: 'assistant', content: text(2 + Math.floor(random() * 12)) },
    ];
    const line = Buffer.from(`${JSON.stringify({ messages })}\n`);
    written += line.length;
    if (!file.write(line)) await once(file, 'drain');
  }
  await finished(file.end());
}
