import { open, readFile, rename } from 'node:fs/promises';
import type { Classifier } from './classifier.ts';
import type { TunedModel } from './model.ts';
import { type Neighbours, neighboursOf } from './neighbours.ts';
import type { StepMetrics } from './types.ts';

/** How far the training had come whose weights these are. */
export interface Progress {
  /** Epochs done. */
  epoch: number;
  metrics: StepMetrics;
}

type Header = { progress: Progress } & (
  | { kind: 'classifier'; labels: string[]; bits: number; rows: number }
  | { kind: 'neighbours'; sharpness: number; completions: string[]; remembered: number }
);

/** The file begins with this, then the header's length in 4 bytes (little-endian), the header as JSON, the arrays. */
const MAGIC = 'TWWEIGHTS1\n';

function bytes(array: Float32Array | Uint32Array | Uint16Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** A header and the arrays that follow it. */
type Encoded = [Header, Uint8Array[]];

/** Rows of features never seen are all 0, which is most of them in a small training, and are left out. */
function encodeClassifier({ kind, labels, bits, weights }: Classifier, progress: Progress): Encoded {
  const rowOf = (row: number) => weights.subarray(row * labels.length, (row + 1) * labels.length);
  const rows = Array.from({ length: 2 ** bits }, (_, row) => row);
  const used = rows.filter((row) => rowOf(row).some((weight) => weight !== 0));
  const arrays = [Uint32Array.from(used), ...used.map(rowOf)];
  return [{ progress, kind, labels, bits, rows: used.length }, arrays.map(bytes)];
}

function encodeNeighbours(model: Neighbours, progress: Progress): Encoded {
  const { kind, sharpness, completions, inputs, targets } = model;
  const arrays = [targets, Uint32Array.from(inputs, (input) => input.length), ...inputs];
  return [{ progress, kind, sharpness, completions, remembered: inputs.length }, arrays.map(bytes)];
}

/** Writes a model so that the file is either whole or not there: beside it first, then renamed. */
export async function saveModel(file: string, model: TunedModel, progress: Progress): Promise<void> {
  const [fields, arrays] =
    model.kind === 'classifier' ? encodeClassifier(model, progress) : encodeNeighbours(model, progress);
  const header = Buffer.from(JSON.stringify(fields));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  const unfinished = `${file}.unfinished`;
  const handle = await open(unfinished, 'w');
  try {
    await handle.writeFile(Buffer.concat([Buffer.from(MAGIC), length, header, ...arrays]));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(unfinished, file);
}

/** Takes arrays off a file's end part one after another; copies, because the parts are not aligned. */
function arrayReader(data: Buffer, start: number) {
  let at = start;
  const take = (size: number): ArrayBuffer => {
    if (at + size > data.length) throw new Error('it ends too early');
    at += size;
    return new Uint8Array(data.subarray(at - size, at)).buffer;
  };
  return {
    uint16: (count: number) => new Uint16Array(take(count * 2)),
    uint32: (count: number) => new Uint32Array(take(count * 4)),
    float32: (count: number) => new Float32Array(take(count * 4)),
  };
}

function readModel(data: Buffer): { model: TunedModel; progress: Progress } {
  const start = MAGIC.length + 4;
  if (data.subarray(0, MAGIC.length).toString('latin1') !== MAGIC) throw new Error('it does not begin as one');
  const end = start + data.readUInt32LE(MAGIC.length);
  const header: Header = JSON.parse(data.toString('utf8', start, end));
  const arrays = arrayReader(data, end);
  if (header.kind === 'neighbours') {
    const { progress, sharpness, completions, remembered } = header;
    const targets = arrays.uint32(remembered);
    const inputs = Array.from(arrays.uint32(remembered), (length) => arrays.uint16(length));
    return { progress, model: neighboursOf({ sharpness, completions, targets, inputs }) };
  }
  const { progress, kind, labels, bits, rows } = header;
  const weights = new Float32Array(2 ** bits * labels.length);
  for (const row of arrays.uint32(rows)) weights.set(arrays.float32(labels.length), row * labels.length);
  return { progress, model: { kind, labels, bits, weights } };
}

/** Reads a weights file. Throws an Error that names the file when it is missing, damaged or something else. */
export async function loadModel(file: string): Promise<{ model: TunedModel; progress: Progress }> {
  const data = await readFile(file);
  try {
    return readModel(data);
  } catch (error) {
    throw new Error(`${file} is not a usable weights file: ${error instanceof Error ? error.message : error}.`);
  }
}
