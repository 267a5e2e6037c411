import { type Finding, mostOfLine, type Problem, problemAt } from '../problem.ts';
import { duplicateKeyOf } from '../reading/duplicate-keys.ts';
import { invalidJson } from '../reading/invalid-json.ts';
import { beyondWords, parseJson } from '../reading/json.ts';
import type { Line, LineOrProblem } from '../reading/lines.ts';
import type { Example, Format } from './formats.ts';

/** One line with what is wrong with it; `example` is there when no error was found. */
export interface ReadExample {
  line?: Line;
  example?: Example;
  problems: Problem[];
}

/** Reads and checks the lines of a data set; in lists, for a promise for each line would take longer than its checks. */
export async function* readExamples(
  lines: AsyncIterable<LineOrProblem[]>,
  format: Format,
): AsyncGenerator<Iterable<ReadExample>> {
  for await (const list of lines) yield examplesOf(list, format);
}

/** One at a time: what was parsed is not held for a whole list. */
function* examplesOf(list: readonly LineOrProblem[], format: Format): Generator<ReadExample> {
  for (const found of list) yield readExample(found, format);
}

export function readExample(found: LineOrProblem, format: Format): ReadExample {
  if ('problem' in found) return { problems: [found.problem] };
  const { line } = found;
  const { number, text } = line;
  const parsed = parseJson(text);
  if ('errorAt' in parsed) {
    return fault('invalid_json', invalidJson(text, parsed.errorAt), line);
  }
  if ('beyond' in parsed) {
    const what = `The line is ${beyondWords[parsed.beyond]}, which no example needs.`;
    if (parsed.beyond === 'too_deep') return fault('too_deep', `${what} Flatten it.`, line);
    return fault('too_many_values', `${what} Put one example on each line, without what it can spare.`, line);
  }
  let findings = format.check(parsed.value);
  const twice = duplicateKeyOf(text, parsed.keys);
  if (twice !== undefined) {
    // Only one of its two values was looked at.
    findings = findings.filter(({ path }) => path !== twice);
    const message =
      'This key stands twice in its object: readers keep one of the two values, and which is up to them. Remove one.';
    findings.push(problemAt(twice, 'duplicate_key', message));
  }
  if (findings.length === 0) return { line, problems: [], example: format.example(parsed.value) };
  const problems = firstOf(findings).map((finding): Problem => ({ ...finding, line: number }));
  if (problems.some(({ severity }) => severity === 'error')) return { line, problems };
  return { line, problems, example: format.example(parsed.value) };
}

/** Errors before warnings where there are too many. */
function firstOf(findings: readonly Finding[]): readonly Finding[] {
  if (findings.length <= mostOfLine) return findings;
  const errors = findings.filter(({ severity }) => severity === 'error');
  return [...errors, ...findings.filter(({ severity }) => severity !== 'error')].slice(0, mostOfLine);
}

function fault(code: string, message: string, line: Line): ReadExample {
  return { line, problems: [{ code, severity: 'error', line: line.number, message }] };
}
