import { instantiate } from '../wasm.ts';
import { wasm } from './kernel-wasm.ts';
import { pieceMemory } from './memory.ts';
import { partLetters } from './parts.ts';
import { type Encoding, ranksOf } from './vocabulary.ts';

/** Written behind a text; no UTF-8 holds it. So many bytes are looked at behind a piece. */
const endMark = 0xff;
const endMarks = 3;
/** Of a part; the kernel has room for no more. */
const mostTextBytes = 3 * partLetters;

/** Counts the tokens of a text in UTF-8 piece by piece. Places are those in its memory. */
export interface Kernel {
  /** Where a text begins. */
  readonly start: number;
  /** Takes a text of at most a part's letters; answers where it ends. */
  write(text: string): number;
  /** Counts the pieces from a place on; answers where one begins in which a character beyond ASCII has a say, or the end. */
  run(from: number, to: number): number;
  /** Counts one piece of any characters. */
  piece(start: number, end: number): void;
  /** Of what the last call of the two counted: the tokens, and 1 or 0 for whether there is a hint in it. A list, for getters take longer. */
  readonly told: Int32Array;
  /** A copy of what its vocabulary is looked up in. */
  tables(): VocabularyTables;
}

/** What a vocabulary is looked up in, in memory that threads share. */
export type VocabularyTables = Uint8Array<SharedArrayBuffer>;

interface Exports {
  memory: { buffer: ArrayBuffer };
  textAt(): number;
  toldAt(): number;
  tablesAt(): number;
  tablesLength(): number;
  /** 0 where they do not fit. */
  loadRanks(from: number, to: number): number;
  run(from: number, to: number): number;
  piece(start: number, end: number): void;
  count(start: number, end: number): number;
}

/** One an encoding: its tables are megabytes, and what it remembers serves the next file too. */
const kernels = new Map<Encoding, Kernel>();
const shared = new Map<Encoding, VocabularyTables>();

/** Made of `assembly/bpe`. Reads the ranks that the package `tiktoken` ships, once. */
export function kernelOf(encoding: Encoding): Kernel {
  const known = kernels.get(encoding) ?? newKernel(encoding);
  kernels.set(encoding, known);
  return known;
}

/** What another thread need not read again. */
export function vocabularyTables(encoding: Encoding): VocabularyTables {
  const known = shared.get(encoding) ?? kernelOf(encoding).tables();
  shared.set(encoding, known);
  return known;
}

/** Takes over what another thread has read. */
export function takeVocabulary(encoding: Encoding, tables: VocabularyTables): void {
  shared.set(encoding, tables);
}

function newKernel(encoding: Encoding): Kernel {
  const host = {
    modern: Number(encoding === 'o200k_base'),
    countLong,
  };
  const exports = instantiate<Exports>(wasm, host);
  const { run, piece, count } = exports;
  const { buffer } = exports.memory;
  const bytes = new Uint8Array(buffer);
  const start = exports.textAt();
  const writer = Buffer.from(buffer, start);
  const told = new Int32Array(buffer, exports.toldAt(), 2);
  const tablesAt = exports.tablesAt();
  const tables = shared.get(encoding);
  if (tables) bytes.set(tables, tablesAt);
  else {
    const ranks = ranksOf(encoding);
    if (ranks.length > mostTextBytes || !exports.loadRanks(start, start + writer.write(ranks, 'latin1'))) {
      throw new Error(`The package tiktoken has more tokens for ${encoding} than were foreseen.`);
    }
  }
  const memory = pieceMemory();

  function countLong(from: number, to: number): number {
    const remembered = memory.find(bytes, from, to);
    if (remembered > 0) return remembered;
    const tokens = count(from, to);
    memory.keep(bytes, from, to, tokens);
    return tokens;
  }

  return {
    start,
    write(text) {
      const end = start + writer.write(text);
      for (let i = end; i < end + endMarks; i++) bytes[i] = endMark;
      return end;
    },
    run,
    piece,
    told,
    tables() {
      const length = exports.tablesLength();
      const copy = new Uint8Array(new SharedArrayBuffer(length));
      copy.set(bytes.subarray(tablesAt, tablesAt + length));
      return copy;
    },
  };
}
