import { imagesIn } from '../examples/images.ts';
import { assistantText, questionOf } from '../examples/reference.ts';
import { instructs } from '../examples/roles.ts';
import { type Fingerprint, fingerprint, fingerprintNumber } from '../inspection/fingerprint.ts';
import type { ChatMessage } from '../shapes.ts';
import { lettersOf } from './letters.ts';
import { decidedByNumbers, type Numbers, numbersOf, withoutNumbers } from './numbers.ts';
import { type Template, withoutTemplates } from './template.ts';

/** What examples that ask nearly the same share: of five letters in a row, seventeen in twenty. */
const nearness = 0.85;
const shingleLetters = 5;
/** Of a long text the smallest hashes stand for all of them. */
const mostHashes = 128;
/** So many times as many are expected among the likely ones; where it is fewer, all are looked at. */
const likely = 4;
/** Below that a text says too little: "Go on." is no sign of anything. */
const fewestHashes = 8;
const bands = 16;
const rows = 4;
/** Into a bucket, from its end: what all looks alike is one group long before. */
const mostLooks = 50;
const noImages = fingerprint([]);

/** What is asked, and what stands around it, each as ascending hashes: exact for texts of up to 132 letters. */
export interface Likeness {
  asked: Uint32Array;
  /** Of system and developer messages: equal ones are one array. */
  frame: Uint32Array;
  /** Of the images that are shown: with others the same text asks something else. */
  images: Fingerprint;
  numbers: Numbers;
}

/**
 * Makes {@link Likeness}es, templates left aside; frames are remembered, for most examples of a file have the same. An answer
 * that is not known is ''.
 */
export function likenesses(
  templates: readonly Template[],
): (prompt: readonly ChatMessage[], answer: string) => Likeness {
  // By what tells them apart: the texts of all would be as much as the file.
  const frames = new Map<number, { hashes: Uint32Array; rest: number }>();
  return (prompt, answer) => {
    const frame = prompt.filter(instructs).map(assistantText).join('\n');
    const key = fingerprintNumber(fingerprint([frame]));
    const known = frames.get(key) ?? { hashes: hashesOf(frame), rest: withoutNumbers(frame) };
    frames.set(key, known);
    const question = withoutTemplates(questionOf(prompt), templates);
    const urls = imagesIn(prompt.map((message) => ['', message])).map(({ url }) => url);
    const images = urls.length === 0 ? noImages : fingerprint(urls);
    const numbers = numbersOf(question, answer, known.rest);
    return { asked: hashesOf(question), frame: known.hashes, images, numbers };
  };
}

function hashesOf(text: string): Uint32Array {
  const letters = lettersOf(text);
  // Sorting all of a long text would take most of the time, and the smallest are wanted.
  const share = (likely * mostHashes) / letters.length;
  const smallest = hashesBelow(Math.min(1, share) * 2 ** 32, letters);
  const enough = share >= 1 || smallest.length >= mostHashes;
  return (enough ? smallest : hashesBelow(2 ** 32, letters)).slice(0, mostHashes);
}

/** Each once, ascending. */
function hashesBelow(limit: number, letters: string): Uint32Array {
  const count = Math.max(0, letters.length - shingleLetters + 1);
  const hashes = new Uint32Array(count);
  let found = 0;
  for (let at = 0; at < count; at++) {
    let hash = 0x811c9dc5;
    for (let letter = at; letter < at + shingleLetters; letter++) {
      hash = Math.imul(hash ^ letters.charCodeAt(letter), 0x01000193);
    }
    hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
    hash = (hash ^ (hash >>> 13)) >>> 0;
    if (hash < limit) hashes[found++] = hash;
  }
  const sorted = hashes.subarray(0, found).sort();
  return sorted.filter((hash, at) => at === 0 || hash !== sorted[at - 1]);
}

/**
 * Groups of those that ask nearly the same, directly or by way of others; a group is called by the first of its members.
 * Those that differ in numbers do so where their answers are the same, and none is answered by its numbers. Returns each
 * one's group. MinHash in bands: two of the nearness asked for are compared but for one pair in 100,000.
 */
export function nearGroups(all: readonly Likeness[]): Uint32Array {
  const groups = Uint32Array.from(all, (_, index) => index);
  const groupOf = (index: number): number => {
    let at = index;
    while (groups[at] !== at) {
      groups[at] = groups[groups[at] as number] as number;
      at = groups[at] as number;
    }
    return at;
  };
  /** Compares those that have the same key, and are the same by `sameOf`; not those of which it says nothing. */
  const join = (keys: Uint32Array, sameOf: (index: number) => number | undefined): void => {
    const buckets = new Map<number, number[]>();
    for (const [later, { asked, frame, images }] of all.entries()) {
      const same = sameOf(later);
      if (asked.length < fewestHashes || same === undefined) continue;
      const key = (keys[later] as number) ^ same;
      const bucket = buckets.get(key);
      if (!bucket) {
        buckets.set(key, [later]);
        continue;
      }
      for (let at = bucket.length - 1, looks = mostLooks; at >= 0 && looks > 0; at--, looks--) {
        const earlier = bucket[at] as number;
        const [mine, its] = [groupOf(later), groupOf(earlier)];
        if (mine === its || same !== sameOf(earlier)) continue;
        const other = all[earlier] as Likeness;
        const ofImages = images.high === other.images.high && images.low === other.images.low;
        const near = ofImages && isNear(asked, other.asked) && isNear(frame, other.frame);
        if (near) groups[Math.max(mine, its)] = Math.min(mine, its);
      }
      bucket.push(later);
    }
  };
  const decided = decidedByNumbers(all.map(({ numbers }) => numbers));
  const hasNumbers = all.some(({ numbers }) => numbers.own !== 0);
  // One band at a time: the buckets of all would take more memory than the hashes.
  for (let band = 0; band < bands; band++) {
    const keysOfFrames = new Map<Uint32Array, number>();
    const keys = Uint32Array.from(all, ({ asked, frame, images }) => {
      const keyOfFrame = keysOfFrames.get(frame) ?? bandOf(frame, band);
      keysOfFrames.set(frame, keyOfFrame);
      return bandOf(asked, band) ^ keyOfFrame ^ images.low;
    });
    join(keys, (index) => (all[index] as Likeness).numbers.own);
    if (hasNumbers) join(keys, (index) => (decided[index] ? undefined : (all[index] as Likeness).numbers.answer));
  }
  return groups.map((_, index) => groupOf(index));
}

/** The smallest of the hashes under {@link rows} orders of this band's own, as one number. */
function bandOf(hashes: Uint32Array, band: number): number {
  let key = 0;
  for (let row = 0; row < rows; row++) {
    const order = Math.imul(band * rows + row + 1, 0x9e3779b1);
    let least = 0xffffffff;
    for (let at = 0; at < hashes.length; at++) {
      let hash = Math.imul((hashes[at] as number) ^ order, 0x85ebca6b);
      hash = (hash ^ (hash >>> 15)) >>> 0;
      if (hash < least) least = hash;
    }
    key = Math.imul(key ^ least, 0x27d4eb2f) ^ (key >>> 13);
  }
  return key;
}

/** Whether they share so much of what either has. */
function isNear(a: Uint32Array, b: Uint32Array): boolean {
  if (a === b || a.length + b.length === 0) return true;
  const most = Math.max(a.length, b.length);
  if (Math.min(a.length, b.length) < nearness * most) return false;
  let shared = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const left = a[i] as number;
    const right = b[j] as number;
    if (left === right) shared += 1;
    if (left <= right) i += 1;
    if (right <= left) j += 1;
  }
  return shared >= nearness * (a.length + b.length - shared);
}
