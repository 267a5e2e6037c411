import type { Examined, ExampleFacts, Part } from '../examine.ts';
import type { Problem } from '../problem.ts';
import type { Tally } from '../tally.ts';

/** What a thread tells of the lines of one range of a file: numbers, which are handed over without being copied, and little else. */
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

const factWords = 12;

export interface Packer {
  add(examined: Examined): void;
  packed(lines: number, stopped: boolean, part: Part): Packed;
}

/** Puts together what was examined, in the order of the lines. */
export function packer(): Packer {
  const findings: Problem[] = [];
  const known = new Map<string, number>();
  const problems = numbers();
  const facts = numbers();
  const lacking = numbers();
  let examples = 0;

  const indexOf = (problem: Problem): number => {
    const finding = problem.line === undefined ? problem : { ...problem, line: 0 };
    const key = JSON.stringify(finding);
    const index = known.get(key) ?? findings.push(finding) - 1;
    known.set(key, index);
    return index;
  };

  return {
    add(examined) {
      examples += examined.examples;
      for (const problem of examined.problems) {
        problems.add(problem.line ?? 0);
        problems.add(indexOf(problem));
      }
      if (!examined.facts) return;
      const { line, tokens, assistantTokens, longest, answer, repeat } = examined.facts;
      facts.add(line);
      facts.add(tokens);
      facts.add(assistantTokens);
      facts.add(longest);
      facts.add(answer.high);
      facts.add(answer.low);
      facts.add(repeat.asked.high);
      facts.add(repeat.asked.low);
      facts.add(repeat.answer);
      facts.add(Number(repeat.pair));
      facts.add(examined.facts.images);
      facts.add(examined.facts.messages);
      for (const field of examined.facts.lacking) {
        lacking.add(line);
        lacking.add(field);
      }
    },
    packed: (lines, stopped, part) => ({
      lines,
      examples,
      stopped,
      findings,
      problems: problems.all(),
      facts: facts.all(),
      lacking: lacking.all(),
      part,
    }),
  };
}

/**
 * Gives back what was packed, line by line as it was examined.
 *
 * @param before how many lines stand before the range
 */
export function unpack(packed: Packed, before: number, { add, addPart }: Pick<Tally, 'add' | 'addPart'>): void {
  const { findings, problems, facts, lacking, examples, part } = packed;
  const fact = (at: number) => facts[at] as number;
  let [problem, field] = [0, 0];
  const problemsUpTo = (line: number): Problem[] => {
    const found: Problem[] = [];
    for (; problem < problems.length && (problems[problem] as number) <= line; problem += 2) {
      const at = problems[problem] as number;
      const finding = findings[problems[problem + 1] as number] as Problem;
      found.push(at === 0 ? finding : { ...finding, line: at + before });
    }
    return found;
  };
  const lackingIn = (line: number): number[] => {
    const found: number[] = [];
    for (; field < lacking.length && lacking[field] === line; field += 2) found.push(lacking[field + 1] as number);
    return found;
  };
  // Their sum does not depend on the order.
  add({ problems: [], examples });
  for (let at = 0; at < facts.length; at += factWords) {
    const line = fact(at);
    const earlier = problemsUpTo(line - 1);
    if (earlier.length > 0) add({ problems: earlier, examples: 0 });
    const known: ExampleFacts = {
      line: line + before,
      tokens: fact(at + 1),
      assistantTokens: fact(at + 2),
      longest: fact(at + 3),
      answer: { high: fact(at + 4), low: fact(at + 5) },
      repeat: {
        asked: { high: fact(at + 6), low: fact(at + 7) },
        answer: fact(at + 8),
        pair: fact(at + 9) === 1,
      },
      lacking: lackingIn(line),
      images: fact(at + 10),
      messages: fact(at + 11),
    };
    add({ problems: problemsUpTo(line), examples: 0, facts: known });
  }
  add({ problems: problemsUpTo(Number.POSITIVE_INFINITY), examples: 0 });
  addPart({ ...part, looked: part.looked.map((one) => ({ ...one, line: one.line + before })) });
}

function numbers(): { add(number: number): void; all(): Uint32Array<ArrayBuffer> } {
  let list = new Uint32Array(1024);
  let count = 0;
  return {
    add(number) {
      if (count === list.length) {
        const larger = new Uint32Array(2 * list.length);
        larger.set(list);
        list = larger;
      }
      list[count++] = number;
    },
    all: () => list.slice(0, count),
  };
}
