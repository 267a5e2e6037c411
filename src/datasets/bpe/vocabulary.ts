import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** The byte-pair encodings of OpenAI's models: `o200k_base` since GPT-4o, `cl100k_base` before. */
export type Encoding = 'o200k_base' | 'cl100k_base';

/** The tokens of an encoding, looked up by their bytes. */
export interface Vocabulary {
  /** The rank of a token: pairs of low rank are merged first. -1 for bytes that are no token. */
  rankOf(bytes: Uint8Array, start: number, end: number): number;
  /** Bytes of the longest token. */
  longest: number;
}

const require = createRequire(import.meta.url);
const loaded = new Map<Encoding, Vocabulary>();

/** Reads the ranks that the package `tiktoken` ships, once: about 60 ms and 8 MB. */
export function vocabulary(encoding: Encoding): Vocabulary {
  const known = loaded.get(encoding) ?? readVocabulary(encoding);
  loaded.set(encoding, known);
  return known;
}

function readVocabulary(encoding: Encoding): Vocabulary {
  const file = readFileSync(require.resolve(`tiktoken/encoders/${encoding}.json`), 'utf8');
  const { bpe_ranks: ranks } = JSON.parse(file) as { bpe_ranks: string };
  return tableOf(ranks);
}

/** `! 0 IQ== Ig== …`: the first rank, then the tokens of the ranks from there on in base64, between single spaces. */
function tableOf(ranks: string): Vocabulary {
  const list = Buffer.from(ranks, 'latin1');
  const start = list.indexOf(0x20, 2) + 1;
  // No longer than their base64.
  const bytes = new Uint8Array(list.length);
  const ends = new Uint32Array(list.length >> 2);
  let count = 0;
  let length = 0;
  for (let i = start; i < list.length; ) {
    const space = list.indexOf(0x20, i);
    const end = space < 0 ? list.length : space;
    length = decodeBase64(list, i, end, bytes, length);
    ends[count++] = length;
    i = end + 1;
  }
  return lookUp(bytes.slice(0, length), ends.slice(0, count));
}

const sextets = new Uint8Array(128);
for (const [i, letter] of [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].entries()) {
  sextets[letter.charCodeAt(0)] = i;
}
const padding = 0x3d;

/** Answers the end of what was written. A call of Buffer's own decoder for each of 200,000 tokens takes three times as long. */
function decodeBase64(from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): number {
  let out = at;
  const sextet = (i: number) => sextets[from[i] as number] as number;
  for (let i = start; i < end; i += 4) {
    const bits = (sextet(i) << 18) | (sextet(i + 1) << 12) | (sextet(i + 2) << 6) | sextet(i + 3);
    to[out++] = bits >> 16;
    if (from[i + 2] !== padding) to[out++] = (bits >> 8) & 255;
    if (from[i + 3] !== padding) to[out++] = bits & 255;
  }
  return out;
}

/** A hash table with open addressing; the rank of a token is its place in the list. */
function lookUp(tokens: Uint8Array, ends: Uint32Array): Vocabulary {
  const mask = 2 ** Math.ceil(Math.log2(ends.length * 2)) - 1;
  const slots = new Int32Array(mask + 1).fill(-1);
  let longest = 0;

  const startOf = (rank: number) => (rank === 0 ? 0 : (ends[rank - 1] as number));
  function rankOf(bytes: Uint8Array, start: number, end: number): number {
    for (let slot = hashOf(bytes, start, end) & mask; ; slot = (slot + 1) & mask) {
      const rank = slots[slot] as number;
      if (rank < 0) return -1;
      let at = startOf(rank);
      if ((ends[rank] as number) - at !== end - start) continue;
      let i = start;
      while (i < end && tokens[at] === bytes[i]) {
        i++;
        at++;
      }
      if (i === end) return rank;
    }
  }

  for (let rank = 0; rank < ends.length; rank++) {
    const end = ends[rank] as number;
    longest = Math.max(longest, end - startOf(rank));
    let slot = hashOf(tokens, startOf(rank), end) & mask;
    while ((slots[slot] as number) >= 0) slot = (slot + 1) & mask;
    slots[slot] = rank;
  }
  return { rankOf, longest };
}

function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x9e3779b1) ^ (hash >>> 15);
  return hash ^ (hash >>> 13);
}
