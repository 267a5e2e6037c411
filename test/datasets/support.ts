import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for one test file; gone afterwards. */
export function temporaryFolder(): {
  path(name: string): string;
  write(name: string, content: string | Uint8Array): Promise<string>;
} {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tunewright-datasets-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });
  return {
    path: (name) => join(folder, name),
    async write(name, content) {
      await writeFile(join(folder, name), content);
      return join(folder, name);
    },
  };
}

/** One line of chat data. */
export function chat(question: string, answer: string): string {
  return JSON.stringify({
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: question },
      { role: 'assistant', content: answer },
    ],
  });
}

/** One line of chat data that asks of images. */
export function imageChat(question: string, urls: readonly string[], answer: string): string {
  const images = urls.map((url) => ({ type: 'image_url', image_url: { url } }));
  const content = [{ type: 'text', text: question }, ...images];
  return JSON.stringify({
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content },
      { role: 'assistant', content: answer },
    ],
  });
}

export function jsonl(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Content in chunks of `size` bytes. */
export async function* inChunks(content: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}
