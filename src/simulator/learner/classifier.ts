/** A linear softmax over hashed features, one class a distinct completion. */
export interface Classifier {
  kind: 'classifier';
  /** The completion of each class. */
  labels: string[];
  /** Feature ids are cut to this many low bits. */
  bits: number;
  /** `2 ** bits` rows of `labels.length` weights. */
  weights: Float32Array;
}

/** Keeps weights under 40 MB: 15 bits up to 305 classes, 12 bits for 2,000. */
const MAX_WEIGHTS = 10_000_000;
const MAX_BITS = 15;

/** A classifier that knows nothing yet. */
export function emptyClassifier(labels: string[]): Classifier {
  let bits = MAX_BITS;
  while (2 ** bits * labels.length > MAX_WEIGHTS) bits--;
  return { kind: 'classifier', labels, bits, weights: new Float32Array(2 ** bits * labels.length) };
}

/** A copy of a classifier with more classes, whose weights are 0. */
export function withLabels(model: Classifier, added: string[]): Classifier {
  const old = model.labels.length;
  const labels = [...model.labels, ...added];
  const weights = new Float32Array(2 ** model.bits * labels.length);
  for (let row = 0; row < 2 ** model.bits; row++) {
    weights.set(model.weights.subarray(row * old, (row + 1) * old), row * labels.length);
  }
  return { ...model, labels, weights };
}

/** Writes the score (logit) of each class for an input into `logits`, which has one place a class. */
export function classLogits(model: Classifier, input: Uint16Array, logits: Float64Array): void {
  const { weights, bits } = model;
  const classes = model.labels.length;
  const mask = 2 ** bits - 1;
  const scale = 1 / Math.sqrt(Math.max(1, input.length));
  logits.fill(0);
  for (const id of input) {
    const row = (id & mask) * classes;
    for (let at = 0; at < classes; at++) logits[at] = (logits[at] ?? 0) + (weights[row + at] ?? 0);
  }
  for (let at = 0; at < classes; at++) logits[at] = (logits[at] ?? 0) * scale;
}
