import { kernelOf } from './kernel.ts';
import { partLetters, partsOf } from './parts.ts';
import { patternOf } from './patterns.ts';
import type { Encoding } from './vocabulary.ts';

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
  const pattern = patternOf(encoding);
  const { start, write, run, piece, told } = kernelOf(encoding);

  const counter = {
    hinted: false,
    count(text: string): number {
      const end = write(text);
      let at = run(start, end);
      let tokens = told[0] as number;
      let hints = told[1] as number;
      /** By how much a place in the bytes is ahead of the same place in the text. */
      let ahead = start;
      while (at < end) {
        const from = at - ahead;
        pattern.lastIndex = from;
        pattern.test(text);
        const to = pattern.lastIndex;
        const next = at + bytesOf(text, from, to);
        ahead += next - at - (to - from);
        piece(at, next);
        tokens += told[0] as number;
        hints |= told[1] as number;
        at = run(next, end);
        tokens += told[0] as number;
        hints |= told[1] as number;
      }
      counter.hinted = hints !== 0;
      return tokens;
    },
  };
  return counter;
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
