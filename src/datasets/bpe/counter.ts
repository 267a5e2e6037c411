import { hasHint } from './hints.ts';
import { pieceMemory } from './memory.ts';
import { countMerged } from './merge.ts';
import { partLetters, partsOf } from './parts.ts';
import { endMark, endMarks, patterns, scanner } from './pieces.ts';
import { type Encoding, vocabulary } from './vocabulary.ts';
import { longestShort, readAhead, type Utf8, wordCounter } from './words.ts';

/** A text of more is counted with a buffer of its own. */
const keptBytes = 1 << 20;

export interface ByteCounter {
  /** The tokens of a text. */
  count(text: string): number;
  /** Whether the text that was counted last may be worth a closer look. */
  readonly hinted: boolean;
}

/**
 * Counts the tokens of texts, exactly as OpenAI's `tiktoken` does; special tokens in them are text like any other. Time
 * grows with the length of the text, whatever is in it (times its logarithm for an unbroken run of letters).
 */
export function byteCounter(encoding: Encoding): ByteCounter {
  const known = counters.get(encoding) ?? inParts(newCounter(encoding));
  counters.set(encoding, known);
  return known;
}

/** One an encoding: its tables are megabytes, and what it remembers serves the next file too. */
const counters = new Map<Encoding, ByteCounter>();

/** Of a long text one part after another, for the memory that each takes. */
function inParts(whole: ByteCounter): ByteCounter {
  const counter = {
    hinted: false,
    count(text: string): number {
      // A cut may go through a hint.
      counter.hinted = text.length > partLetters;
      if (counter.hinted) {
        let tokens = 0;
        for (const part of partsOf(text)) tokens += whole.count(part);
        return tokens;
      }
      const tokens = whole.count(text);
      counter.hinted = whole.hinted;
      return tokens;
    },
  };
  return counter;
}

function newCounter(encoding: Encoding): ByteCounter {
  const known = vocabulary(encoding);
  const endByHand = scanner(encoding);
  const pattern = patterns[encoding];
  const words = wordCounter(encoding, countPiece);
  const memory = pieceMemory();
  const kept = utf8Of(keptBytes);

  function countPiece(bytes: Uint8Array, start: number, end: number): number {
    if (end - start <= known.longest && known.rankOf(bytes, start, end) >= 0) return 1;
    return countMerged(known, bytes, start, end);
  }

  function countLong(bytes: Uint8Array, start: number, end: number): number {
    const remembered = memory.find(bytes, start, end);
    if (remembered > 0) return remembered;
    const tokens = countPiece(bytes, start, end);
    memory.keep(bytes, start, end, tokens);
    return tokens;
  }

  const counter = {
    hinted: false,
    count(text: string): number {
      const needed = 3 * text.length + endMarks + readAhead;
      const utf8 = needed <= keptBytes ? kept : utf8Of(needed);
      const { bytes, writer } = utf8;
      const length = writer.write(text);
      for (let i = length; i < length + endMarks; i++) bytes[i] = endMark;
      let total = 0;
      let hinted = false;
      /** By how much a place in the bytes is ahead of the same place in the text. */
      let ahead = 0;
      for (let start = 0; start < length; ) {
        start = words.run(utf8, start, length);
        total += words.tokens;
        hinted ||= words.hinted;
        if (start >= length) break;
        let end = endByHand(bytes, start);
        if (end < 0) {
          const from = start - ahead;
          pattern.lastIndex = from;
          pattern.test(text);
          const to = pattern.lastIndex;
          end = start + bytesOf(text, from, to);
          ahead += end - start - (to - from);
        }
        hinted ||= hasHint(bytes, start, end);
        if (end - start === 1) total += 1;
        else if (end - start <= longestShort && bytes[end - 1] !== 0) total += words.piece(utf8, start, end);
        else total += countLong(bytes, start, end);
        start = end;
      }
      counter.hinted = hinted;
      return total;
    },
  };
  return counter;
}

function utf8Of(size: number): Utf8 & { writer: Buffer } {
  const bytes = new Uint8Array(size);
  return { bytes, view: new DataView(bytes.buffer), writer: Buffer.from(bytes.buffer) };
}

/** Length in UTF-8. Half a surrogate pair becomes the replacement character, as everywhere where strings are encoded. */
function bytesOf(text: string, from: number, to: number): number {
  let bytes = 0;
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80) bytes += 1;
    else if (code < 0x800) bytes += 2;
    else if (isHigh(code) && i + 1 < to && isLow(text.charCodeAt(i + 1))) {
      bytes += 4;
      i++;
    } else bytes += 3;
  }
  return bytes;
}

const isHigh = (code: number) => code >= 0xd800 && code < 0xdc00;
const isLow = (code: number) => code >= 0xdc00 && code < 0xe000;
