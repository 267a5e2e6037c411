import type { Prediction } from './prediction.ts';

/** Puts predictions that end in any order back into the order of their indexes. */
export interface Batches {
  /** Resolves when every batch that this prediction completed was handed over. */
  add(prediction: Prediction): Promise<void>;
  /** Hands over what is left up to the first gap, as a shorter batch. */
  flush(): Promise<void>;
}

/** Calls `onBatch` with runs of consecutive predictions, `batchSize` at a time, from `startAt` on and never two at once. */
export function createBatches(
  startAt: number,
  batchSize: number,
  onBatch: (predictions: Prediction[]) => Promise<void>,
): Batches {
  const early = new Map<number, Prediction>();
  let batch: Prediction[] = [];
  let handedOver = Promise.resolve();

  function take(): void {
    for (;;) {
      const next = early.get(startAt);
      if (next === undefined) return;
      early.delete(startAt);
      startAt += 1;
      batch.push(next);
      if (batch.length === batchSize) handOver();
    }
  }

  function handOver(): void {
    const full = batch;
    batch = [];
    // A failed batch rejects all that follow: there is never a gap in what was handed over.
    handedOver = handedOver.then(() => onBatch(full));
  }

  return {
    add(prediction) {
      early.set(prediction.index, prediction);
      const before = handedOver;
      take();
      return handedOver === before ? Promise.resolve() : handedOver;
    },
    flush() {
      if (batch.length > 0) handOver();
      return handedOver;
    },
  };
}
