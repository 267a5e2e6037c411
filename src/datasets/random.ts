/** Draws numbers evenly from [0, 1): the same seed, the same numbers, on every machine. */
export type Random = () => number;

/** Chris Doty-Humphrey's "small fast counting" generator on 32-bit words; the seed is a whole number from 0 to 2^53 - 1. */
export function seededRandom(seed: number): Random {
  let a = seed >>> 0;
  let b = Math.floor(seed / 2 ** 32) >>> 0;
  let c = 0x9e3779b9;
  let counter = 1;
  const next = () => {
    const word = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + word) | 0;
    return (word >>> 0) / 2 ** 32;
  };
  // Seeds that differ in one bit need some rounds until nothing of it shows.
  for (let round = 0; round < 20; round++) next();
  return next;
}
