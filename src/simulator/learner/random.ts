const { floor, imul } = Math;

/** A seeded source of numbers from 0 (included) to 1 (excluded): mulberry32, whose whole state is 32 bits. */
export function seededRandom(seed: number, salt: number): () => number {
  let state = (imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ imul(salt + 1, 0xc2b2ae35)) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** The numbers 0 to `count - 1` in an order that depends on `seed` and `epoch` alone, so that a resumed epoch repeats it. */
export function shuffledOrder(count: number, seed: number, epoch: number): Uint32Array {
  const random = seededRandom(seed, epoch);
  const order = Uint32Array.from({ length: count }, (_, at) => at);
  for (let at = count - 1; at > 0; at--) {
    const other = floor(random() * (at + 1));
    const moved = order[at] ?? 0;
    order[at] = order[other] ?? 0;
    order[other] = moved;
  }
  return order;
}
