import { wholeUpTo } from '../bpe/parts.ts';
import { instantiate } from '../wasm.ts';
import { wasm } from './fingerprint-wasm.ts';

/** 64 bits of a list of texts, as two unsigned integers of 32: for telling apart, not against attacks. */
export interface Fingerprint {
  high: number;
  low: number;
}

/** Encoding takes longer than going through the letters of a text of fewer. */
const fewLetters = 24;
/** A longer text is encoded in parts. */
const partLetters = 1 << 16;

/** Made of `assembly/fingerprint`. */
const { begin, add, end, memory, textAt, toldAt } = instantiate<{
  begin(): void;
  add(bytes: number, length: number): void;
  end(): void;
  memory: { buffer: ArrayBuffer };
  textAt(): number;
  toldAt(): number;
}>(wasm);
const writer = Buffer.from(memory.buffer, textAt());
const units = new Uint16Array(memory.buffer, textAt());
const told = new Uint32Array(memory.buffer, toldAt(), 2);

/**
 * Many times as fast as a digest for the few hundred letters of a message. Halves of surrogate pairs are all alike in it, as they are to a
 * tokenizer.
 */
export function fingerprint(texts: readonly string[]): Fingerprint {
  begin();
  for (const text of texts) {
    if (text.length < fewLetters) {
      for (let at = 0; at < text.length; at++) units[at] = text.charCodeAt(at);
      add(2 * text.length, text.length);
    } else if (text.length <= partLetters) add(writer.write(text), text.length);
    else addLong(text);
  }
  end();
  return { high: told[1] as number, low: told[0] as number };
}

function addLong(text: string): void {
  for (let from = 0; from < text.length; ) {
    const to = wholeUpTo(text, from + partLetters);
    add(writer.write(text.slice(from, to)), from === 0 ? text.length : 0);
    from = to;
  }
}

/** 53 bits of it, as one number: a key for a map. */
export function fingerprintNumber({ high, low }: Fingerprint): number {
  return (high & 0x1fffff) * 2 ** 32 + low;
}

let last = { text: '', print: fingerprint(['']) };

/** Of one text; remembers the last, for an answer is asked for as a class and as an answer. */
export function fingerprintOf(text: string): Fingerprint {
  if (text !== last.text) last = { text, print: fingerprint([text]) };
  return last.print;
}
