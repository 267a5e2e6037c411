import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** The byte-pair encodings of OpenAI's models: `o200k_base` since GPT-4o, `cl100k_base` before. */
export type Encoding = 'o200k_base' | 'cl100k_base';

/** That of the current models, where none is named or known. */
export const usualEncoding: Encoding = 'o200k_base';

/** The tokens of an encoding, looked up by their bytes. */
export interface Vocabulary {
  /** The rank of a token: pairs of low rank are merged first. -1 for bytes that are no token. */
  rankOf(bytes: Uint8Array, start: number, end: number): number;
  /** Bytes of the longest token. */
  longest: number;
}

/** What a vocabulary is looked up in, in memory that threads share. */
export interface VocabularyTables {
  /** The bytes of all tokens, in the order of their ranks. */
  tokens: Uint8Array<SharedArrayBuffer>;
  /** By rank: where the token ends in them. */
  ends: Uint32Array<SharedArrayBuffer>;
  /** A hash table with open addressing: ranks, and -1 in free slots. */
  slots: Int32Array<SharedArrayBuffer>;
  /** Bytes of the longest token. */
  longest: number;
}

const require = createRequire(import.meta.url);
const loaded = new Map<Encoding, VocabularyTables>();

export function vocabulary(encoding: Encoding): Vocabulary {
  return lookUp(vocabularyTables(encoding));
}

/** Reads the ranks that the package `tiktoken` ships, once: about 60 ms and 8 MB. */
export function vocabularyTables(encoding: Encoding): VocabularyTables {
  const known = loaded.get(encoding) ?? readVocabulary(encoding);
  loaded.set(encoding, known);
  return known;
}

/** Takes over what another thread has read. */
export function takeVocabulary(encoding: Encoding, tables: VocabularyTables): void {
  loaded.set(encoding, tables);
}

function readVocabulary(encoding: Encoding): VocabularyTables {
  const file = readFileSync(require.resolve(`tiktoken/encoders/${encoding}.json`), 'utf8');
  const { bpe_ranks: ranks } = JSON.parse(file) as { bpe_ranks: string };
  return tablesOf(ranks);
}

/** `! 0 IQ== Ig== …`: the first rank, then the tokens of the ranks from there on in base64, between single spaces. */
function tablesOf(ranks: string): VocabularyTables {
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
  const tokens = new Uint8Array(new SharedArrayBuffer(length));
  tokens.set(bytes.subarray(0, length));
  const ended = new Uint32Array(new SharedArrayBuffer(count * Uint32Array.BYTES_PER_ELEMENT));
  ended.set(ends.subarray(0, count));
  return hashed(tokens, ended);
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

function hashed(tokens: Uint8Array<SharedArrayBuffer>, ends: Uint32Array<SharedArrayBuffer>): VocabularyTables {
  const size = 2 ** Math.ceil(Math.log2(ends.length * 2));
  const slots = new Int32Array(new SharedArrayBuffer(size * Int32Array.BYTES_PER_ELEMENT)).fill(-1);
  const mask = size - 1;
  let longest = 0;
  let start = 0;
  for (let rank = 0; rank < ends.length; rank++) {
    const end = ends[rank] as number;
    longest = Math.max(longest, end - start);
    let slot = hashOf(tokens, start, end) & mask;
    while ((slots[slot] as number) >= 0) slot = (slot + 1) & mask;
    slots[slot] = rank;
    start = end;
  }
  return { tokens, ends, slots, longest };
}

function lookUp({ tokens, ends, slots, longest }: VocabularyTables): Vocabulary {
  const mask = slots.length - 1;
  return {
    longest,
    rankOf(bytes, start, end) {
      for (let slot = hashOf(bytes, start, end) & mask; ; slot = (slot + 1) & mask) {
        const rank = slots[slot] as number;
        if (rank < 0) return -1;
        let at = rank === 0 ? 0 : (ends[rank - 1] as number);
        if ((ends[rank] as number) - at !== end - start) continue;
        let i = start;
        while (i < end && tokens[at] === bytes[i]) {
          i++;
          at++;
        }
        if (i === end) return rank;
      }
    },
  };
}

function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x9e3779b1) ^ (hash >>> 15);
  return hash ^ (hash >>> 13);
}
