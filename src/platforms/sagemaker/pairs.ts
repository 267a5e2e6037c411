import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { TunewrightError } from '../../contract/errors.ts';
import type { FileToUpload, UploadOptions } from '../platform.ts';

const messages = z.array(z.record(z.string(), z.unknown()));
const pairShape = z.strictObject({
  input: z.strictObject({ messages }),
  preferred_output: messages,
  non_preferred_output: messages,
});

/**
 * Hands on the file, pairs in it as SageMaker's recipes read them: whole conversations `chosen` and `rejected`, by
 * docs.aws.amazon.com/sagemaker/latest/dg/customizing-models-dpo.html. Throws `refused` for a pair with tools.
 */
export async function inItsWords<T>(
  file: FileToUpload,
  options: UploadOptions,
  upload: (file: FileToUpload, options: UploadOptions) => Promise<T>,
): Promise<T> {
  if (!(await holdsPairs(file.path))) return await upload(file, options);
  const folder = await mkdtemp(join(tmpdir(), 'tunewright-pairs-'));
  try {
    const path = join(folder, 'pairs.jsonl');
    await pipeline(Readable.from(translated(file.path)), createWriteStream(path));
    const { size } = await stat(path);
    // Conversations stand in it twice: it is longer than what is told of.
    const onProgress: UploadOptions['onProgress'] = (done, state) =>
      options.onProgress?.(Math.round((done / size) * file.bytes), state);
    return await upload({ ...file, path, bytes: size }, { ...options, onProgress });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The first line tells. */
async function holdsPairs(path: string): Promise<boolean> {
  const input = createReadStream(path);
  try {
    for await (const line of createInterface({ input })) return Object.hasOwn(JSON.parse(line), 'preferred_output');
    return false;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  } finally {
    input.destroy();
  }
}

async function* translated(path: string): AsyncGenerator<string> {
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    number += 1;
    if (line.trim() === '') continue;
    const pair = pairShape.safeParse(JSON.parse(line));
    if (!pair.success) {
      throw new TunewrightError('refused', `Line ${number}: serverless customization takes pairs of messages alone.`, {
        advice: 'Leave out tools and other fields, or train on instances.',
      });
    }
    const { input, preferred_output, non_preferred_output } = pair.data;
    const [chosen, rejected] = [preferred_output, non_preferred_output].map((end) => [...input.messages, ...end]);
    yield `${JSON.stringify({ chosen, rejected })}\n`;
  }
}
