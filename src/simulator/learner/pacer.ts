/** Values of the shared flag by which a training is paused from outside. */
export const RUNNING = 0;
export const PAUSED = 1;

/** Holds a training back; blocks its thread, which is what keeps the training itself free of timers. */
interface Pacer {
  /** Waits while paused, and then until a step that ends the share `done` (0 to 1) of the work is due. */
  await(done: number): void;
}

/**
 * Spreads work over `paceMs` milliseconds from now, of which the share `from` is behind it; time spent paused does not
 * count. `flag` is one shared number, `RUNNING` or `PAUSED`; whoever changes it must notify.
 */
export function createPacer(flag: Int32Array, paceMs: number, from: number): Pacer {
  let start = performance.now() - paceMs * from;
  return {
    await(done) {
      while (true) {
        const before = performance.now();
        while (Atomics.load(flag, 0) === PAUSED) Atomics.wait(flag, 0, PAUSED);
        start += performance.now() - before;
        const due = start + paceMs * done - performance.now();
        if (due <= 0) return;
        Atomics.wait(flag, 0, RUNNING, due);
      }
    },
  };
}
