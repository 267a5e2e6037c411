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
const pairShape = z
  .strictObject({
    input: z.strictObject({ messages }),
    preferred_output: messages,
    non_preferred_output: messages,
  })
  .transform(({ input, preferred_output, non_preferred_output }) => ({
    chosen: [...input.messages, ...preferred_output],
    rejected: [...input.messages, ...non_preferred_output],
  }));

/** The right answer is what convention calls so, else the one field beside the messages, else all of them as JSON. */
const questionShape = z
  .looseObject({ messages, tools: z.never().optional(), response_format: z.never().optional() })
  .transform(({ messages: prompt, tools: _, response_format: __, ...beside }) => {
    const [only, ...others] = Object.values(beside);
    const hoped = beside.reference_answer ?? (others.length > 0 ? beside : only) ?? '';
    const ground_truth = typeof hoped === 'string' ? hoped : JSON.stringify(hoped);
    return { prompt, reward_model: { style: 'rule', ground_truth }, extra_info: beside };
  });

const shapes = { pairs: pairShape, questions: questionShape };

/**
 * Hands on the file as SageMaker's recipes read it, by docs.aws.amazon.com/sagemaker/latest/dg, customizing-models-dpo.html and
 * customizing-models-rft.html: of pairs whole conversations `chosen` and `rejected`, of questions `prompt` and
 * `reward_model.ground_truth`, with all that stands beside them in `extra_info`. Throws `refused` for those with tools.
 */
export async function inItsWords<T>(
  file: FileToUpload,
  options: UploadOptions,
  upload: (file: FileToUpload, options: UploadOptions) => Promise<T>,
): Promise<T> {
  const kind = await kindOf(file.path);
  if (!kind) return await upload(file, options);
  const folder = await mkdtemp(join(tmpdir(), 'tunewright-lines-'));
  try {
    const path = join(folder, 'lines.jsonl');
    await pipeline(Readable.from(translated(file.path, kind)), createWriteStream(path));
    const { size } = await stat(path);
    // It is of another length than what is told of.
    const onProgress: UploadOptions['onProgress'] = (done, state) =>
      options.onProgress?.(Math.round((done / size) * file.bytes), state);
    return await upload({ ...file, path, bytes: size }, { ...options, onProgress });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The first line tells; undefined for examples, which recipes read as they are. */
async function kindOf(path: string): Promise<keyof typeof shapes | undefined> {
  const input = createReadStream(path);
  try {
    for await (const line of createInterface({ input })) {
      const first = JSON.parse(line);
      if (Object.hasOwn(first, 'preferred_output')) return 'pairs';
      return first.messages?.at?.(-1)?.role === 'user' ? 'questions' : undefined;
    }
    return undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  } finally {
    input.destroy();
  }
}

async function* translated(path: string, kind: keyof typeof shapes): AsyncGenerator<string> {
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    number += 1;
    if (line.trim() === '') continue;
    const read = shapes[kind].safeParse(JSON.parse(line));
    if (!read.success) {
      throw new TunewrightError(
        'refused',
        `Line ${number}: serverless customization takes ${kind} of messages alone.`,
        {
          advice: 'Leave out tools and other fields, or train on instances.',
        },
      );
    }
    yield `${JSON.stringify(read.data)}\n`;
  }
}
