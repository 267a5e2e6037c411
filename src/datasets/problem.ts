/** One thing wrong with a data set, or worth knowing. The message never quotes what the data says. */
export interface Problem {
  code: string;
  severity: 'error' | 'warning';
  /** From 1; absent where the whole file is meant. */
  line?: number;
  /** Where in the line: `messages[2].content`. */
  path?: string;
  /** What is wrong, why it hurts, how to mend it; of a warning that stands in several lines also which. */
  message: string;
  /** Of a warning: where else it stands, in order. */
  more?: Place[];
}

export type Place = Pick<Problem, 'line' | 'path'>;

/** So many are told of one line: what goes on like this says nothing more, and would be held in memory. */
export const mostOfLine = 100;

/** A problem before it is known which line it stands in. */
export type Finding = Omit<Problem, 'line' | 'more'>;

/** An error at `path`; '' is the line itself. */
export function problemAt(path: string, code: string, message: string): Finding {
  return { code, severity: 'error', ...(path ? { path } : {}), message };
}

export function warningAt(path: string, code: string, message: string): Finding {
  return { ...problemAt(path, code, message), severity: 'warning' };
}

/** Puts some findings behind others; most lists are empty, and spreading them all takes longer than the checks. */
export function addAll(found: Finding[], more: readonly Finding[]): void {
  for (const finding of more) found.push(finding);
}

/** A name from the data, fit for a message. */
export function shown(name: string): string {
  return JSON.stringify(name.length > 40 ? `${name.slice(0, 40)}…` : name);
}

/** An integer with a comma before each thousand. By hand: the first use of the engine's own takes 15 ms, in each thread. */
export function grouped(count: number): string {
  return String(count).replace(/\d(?=(?:\d{3})+$)/g, '$&,');
}

/** So many lines are named. */
const mostLines = 10;

/** Where they are: `lines 3, 7, …`. */
export function linesOf(items: readonly { line: number }[]): string {
  const named = items.slice(0, mostLines).map(({ line }) => line);
  const more = items.length > mostLines ? ', …' : '';
  return `${items.length === 1 ? 'line' : 'lines'} ${named.join(', ')}${more}`;
}

/** A problem once for each of its further places. */
export function atFurtherPlaces({ more = [], line: _, path: __, ...what }: Problem): Problem[] {
  return more.map((place) => ({ ...what, ...place }));
}

export interface ProblemCounts {
  problems: Problem[];
  errors: number;
  warnings: number;
}

export interface ProblemLog {
  add(problem: Problem): void;
  /** Errors line by line, then each kind of warning once, with the lines that it is about. */
  result(): ProblemCounts;
}

/** So many places of a warning are kept: with those of all kinds in a large file memory would not be bounded. */
const mostPlaces = 10_000;

/** Keeps the first `max` problems and counts all of them; warnings of one kind are one problem, with its first places. */
export function problemLog(max: number): ProblemLog {
  const problems: Problem[] = [];
  const kinds = new Map<string, Kind>();
  let errors = 0;
  return {
    add(problem) {
      if (problem.severity === 'error') {
        errors += 1;
        if (problems.length < max) problems.push(problem);
        return;
      }
      const { code, line = 0, path } = problem;
      const kind = kinds.get(code);
      if (!kind) {
        kinds.set(code, { first: problem, more: [], times: 1 });
        return;
      }
      kind.times += 1;
      if (kind.more.length < Math.min(max, mostPlaces))
        kind.more.push({ ...(line ? { line } : {}), ...(path ? { path } : {}) });
    },
    result() {
      const warnings = [...kinds.values()].map(warningOf);
      return { problems: [...problems, ...warnings].slice(0, max), errors, warnings: warnings.length };
    },
  };
}

/** Warnings of one code. */
interface Kind {
  first: Problem;
  more: Place[];
  times: number;
}

function warningOf({ first, more, times }: Kind): Problem {
  if (times === 1) return first;
  const lines = [...new Set([first, ...more].map(({ line = 0 }) => line))];
  const where = lines.length > 1 ? `: ${linesOf(lines.map((line) => ({ line })))}` : '';
  return { ...first, message: `${first.message} (${grouped(times)} times${where})`, more };
}
