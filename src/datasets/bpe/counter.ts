import { countMerged } from './merge.ts';
import { splitter } from './pieces.ts';
import { type Encoding, vocabulary } from './vocabulary.ts';

/** Pieces remembered; words come again and again. */
const slotCount = 2 ** 17;
const mostRemembered = slotCount / 2;
const longestRemembered = 40;

/**
 * Counts the tokens of texts, exactly as OpenAI's `tiktoken` does; special tokens in them are text like any other. Time
 * grows with the length of the text, whatever is in it (times its logarithm for an unbroken run of letters).
 */
export function byteCounter(encoding: Encoding): (text: string) => number {
  const known = vocabulary(encoding);
  const { endOf } = splitter(encoding);
  const memory = pieceMemory();
  let bytes = new Uint8Array(1024);

  function count(text: string, start: number, end: number): number {
    const longest = 3 * (end - start);
    if (bytes.length < longest) bytes = new Uint8Array(2 * longest);
    const length = encodeUtf8(text, start, end, bytes);
    if (length <= known.longest && known.rankOf(bytes, 0, length) >= 0) return 1;
    return countMerged(known, bytes, length);
  }

  return (text) => {
    let total = 0;
    for (let start = 0; start < text.length; ) {
      const end = endOf(text, start);
      if (end - start > longestRemembered) {
        total += count(text, start, end);
      } else {
        const slot = memory.find(text, start, end);
        const remembered = memory.counts[slot] as number;
        if (remembered > 0) {
          total += remembered;
        } else {
          const tokens = count(text, start, end);
          memory.keep(slot, text, start, end, tokens);
          total += tokens;
        }
      }
      start = end;
    }
    return total;
  };
}

/** Counts by piece: a hash table with open addressing over a store of their letters, emptied when it is half full. */
function pieceMemory() {
  const mask = slotCount - 1;
  const counts = new Uint8Array(slotCount);
  const lengths = new Uint8Array(slotCount);
  const places = new Uint32Array(slotCount);
  const letters = new Uint16Array(mostRemembered * longestRemembered);
  let used = 0;
  let lettersUsed = 0;

  return {
    /** 0 for a slot that holds nothing. */
    counts,
    /** The slot of the piece, or the empty one into which it belongs. */
    find(text: string, start: number, end: number): number {
      let hash = end - start;
      for (let i = start; i < end; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x9e3779b1) ^ (hash >>> 15);
      for (let slot = (hash ^ (hash >>> 13)) & mask; ; slot = (slot + 1) & mask) {
        if (counts[slot] === 0) return slot;
        if (lengths[slot] !== end - start) continue;
        let place = places[slot] as number;
        let i = start;
        while (i < end && letters[place] === text.charCodeAt(i)) {
          i++;
          place++;
        }
        if (i === end) return slot;
      }
    },
    keep(slot: number, text: string, start: number, end: number, tokens: number): void {
      if (used >= mostRemembered) {
        counts.fill(0);
        used = 0;
        lettersUsed = 0;
        return;
      }
      used += 1;
      counts[slot] = tokens;
      lengths[slot] = end - start;
      places[slot] = lettersUsed;
      for (let i = start; i < end; i++) letters[lettersUsed++] = text.charCodeAt(i);
    },
  };
}

/** Answers the length. Half a surrogate pair becomes the replacement character, as everywhere where strings are encoded. */
function encodeUtf8(text: string, start: number, end: number, bytes: Uint8Array): number {
  let length = 0;
  for (let i = start; i < end; i++) {
    let code = text.charCodeAt(i);
    if (code < 0x80) {
      bytes[length++] = code;
      continue;
    }
    if (code < 0x800) {
      bytes[length++] = 0xc0 | (code >> 6);
      bytes[length++] = 0x80 | (code & 63);
      continue;
    }
    if (code >= 0xd800 && code < 0xe000) {
      const low = i + 1 < end ? text.charCodeAt(i + 1) : 0;
      if (code < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
        const point = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        bytes[length++] = 0xf0 | (point >> 18);
        bytes[length++] = 0x80 | ((point >> 12) & 63);
        bytes[length++] = 0x80 | ((point >> 6) & 63);
        bytes[length++] = 0x80 | (point & 63);
        i++;
        continue;
      }
      code = 0xfffd;
    }
    bytes[length++] = 0xe0 | (code >> 12);
    bytes[length++] = 0x80 | ((code >> 6) & 63);
    bytes[length++] = 0x80 | (code & 63);
  }
  return length;
}
