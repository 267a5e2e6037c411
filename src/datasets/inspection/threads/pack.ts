import type { Problem } from '../../problem.ts';
import type { Examined, ExampleFacts, Part } from '../examine.ts';
import type { Tally } from '../tally.ts';

/** What a thread tells of the lines of one range of a file: numbers, which are quickly copied, and little else. */
export interface Packed {
  /** Lines that ended in it. */
  lines: number;
  examples: number;
  /** Nothing can be read behind it. */
  stopped: boolean;
  /** Each once, however many lines have it; 0 stands where a line does, for fields keep their order. */
  findings: Problem[];
  /** Two for each problem: its line, or 0 for the file as a whole, and which finding it is. */
  problems: Uint32Array<ArrayBuffer>;
  /** {@link factWords} for each example. */
  facts: Uint32Array<ArrayBuffer>;
  /** Two for each field that an example lacks: its line, and which field. */
  lacking: Uint32Array<ArrayBuffer>;
  /** Of the range; its lines are counted from there. */
  part: Part;
}

const factWords = 13;

/** Puts together what was examined, in the order of the lines. A class, and so compiled once for all ranges. */
export class Packer {
  readonly #findings: Problem[] = [];
  readonly #known = new Map<string, number>();
  readonly #problems = new Numbers();
  readonly #facts = new Numbers();
  readonly #lacking = new Numbers();
  #examples = 0;

  add({ examples, problems, facts }: Examined): void {
    this.#examples += examples;
    for (const problem of problems) {
      const at = this.#problems.room(2);
      this.#problems.list[at] = problem.line ?? 0;
      this.#problems.list[at + 1] = this.#indexOf(problem);
    }
    if (!facts) return;
    const at = this.#facts.room(factWords);
    const { list } = this.#facts;
    list[at] = facts.line;
    list[at + 1] = facts.tokens;
    list[at + 2] = facts.assistantTokens;
    list[at + 3] = facts.longest;
    list[at + 4] = facts.answer.high;
    list[at + 5] = facts.answer.low;
    list[at + 6] = facts.repeat.asked.high;
    list[at + 7] = facts.repeat.asked.low;
    list[at + 8] = facts.repeat.answer;
    list[at + 9] = Number(facts.repeat.pair);
    list[at + 10] = facts.images;
    list[at + 11] = facts.messages;
    list[at + 12] = facts.finalTokens;
    for (const field of facts.lacking) {
      const place = this.#lacking.room(2);
      this.#lacking.list[place] = facts.line;
      this.#lacking.list[place + 1] = field;
    }
  }

  packed(lines: number, stopped: boolean, part: Part): Packed {
    return {
      lines,
      examples: this.#examples,
      stopped,
      findings: this.#findings,
      problems: this.#problems.all(),
      facts: this.#facts.all(),
      lacking: this.#lacking.all(),
      part,
    };
  }

  #indexOf(problem: Problem): number {
    const finding = problem.line === undefined ? problem : { ...problem, line: 0 };
    const key = JSON.stringify(finding);
    const index = this.#known.get(key) ?? this.#findings.push(finding) - 1;
    this.#known.set(key, index);
    return index;
  }
}

/**
 * Gives back what was packed, line by line as it was examined.
 *
 * @param before how many lines stand before the range
 */
export function unpack(packed: Packed, before: number, all: Pick<Tally, 'add' | 'addPart'>): void {
  // Their sum does not depend on the order.
  all.add({ problems: none, examples: packed.examples, facts: undefined });
  unpackLines(packed, before, all);
  const { part } = packed;
  all.addPart({ ...part, looked: part.looked.map((one) => ({ ...one, line: one.line + before })) });
}

/** By itself, for what is compiled for its loop serves every range. */
function unpackLines(packed: Packed, before: number, all: Pick<Tally, 'add'>): void {
  const { facts, problems, lacking } = packed;
  let [problem, field] = [0, 0];
  for (let at = 0; at < facts.length; at += factWords) {
    const line = facts[at] as number;
    const own = behind(problems, problem, line - 1);
    if (own > problem) all.add({ problems: problemsOf(packed, problem, own, before), examples: 0, facts: undefined });
    problem = behind(problems, own, line);
    const next = behind(lacking, field, line);
    const known = factsAt(facts, at, before, lackingOf(packed, field, next));
    all.add({ problems: problemsOf(packed, own, problem, before), examples: 0, facts: known });
    field = next;
  }
  all.add({ problems: problemsOf(packed, problem, problems.length, before), examples: 0, facts: undefined });
}

const none: readonly never[] = [];

/** Where, from a place on, the pairs end whose first number is at most `most`. */
function behind(pairs: Uint32Array, from: number, most: number): number {
  let at = from;
  while (at < pairs.length && (pairs[at] as number) <= most) at += 2;
  return at;
}

function problemsOf({ problems, findings }: Packed, from: number, to: number, before: number): readonly Problem[] {
  if (from === to) return none;
  const found: Problem[] = [];
  for (let at = from; at < to; at += 2) {
    const line = problems[at] as number;
    const finding = findings[problems[at + 1] as number] as Problem;
    found.push(line === 0 ? finding : { ...finding, line: line + before });
  }
  return found;
}

function lackingOf({ lacking }: Packed, from: number, to: number): readonly number[] {
  if (from === to) return none;
  const found: number[] = [];
  for (let at = from; at < to; at += 2) found.push(lacking[at + 1] as number);
  return found;
}

function factsAt(facts: Uint32Array, at: number, before: number, lacking: readonly number[]): ExampleFacts {
  return {
    line: (facts[at] as number) + before,
    tokens: facts[at + 1] as number,
    assistantTokens: facts[at + 2] as number,
    longest: facts[at + 3] as number,
    answer: { high: facts[at + 4] as number, low: facts[at + 5] as number },
    repeat: {
      asked: { high: facts[at + 6] as number, low: facts[at + 7] as number },
      answer: facts[at + 8] as number,
      pair: facts[at + 9] === 1,
    },
    lacking,
    images: facts[at + 10] as number,
    messages: facts[at + 11] as number,
    finalTokens: facts[at + 12] as number,
  };
}

/** A list that grows. */
class Numbers {
  list = new Uint32Array(1024);
  #count = 0;

  /** Where so many more may be put. */
  room(more: number): number {
    const at = this.#count;
    this.#count += more;
    if (this.#count > this.list.length) {
      const larger = new Uint32Array(2 * this.list.length);
      larger.set(this.list);
      this.list = larger;
    }
    return at;
  }

  all(): Uint32Array<ArrayBuffer> {
    return this.list.slice(0, this.#count);
  }
}
