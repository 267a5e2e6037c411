import type { Method } from '../contract/config.ts';
import { affixCounter, affixesOf } from './affixes.ts';
import { type Classes, classCounter, imbalanceOf } from './classes.ts';
import { type LengthRange, lengthCounter } from './distribution.ts';
import { type ReadExample, readExamples } from './examples.ts';
import { formats } from './formats.ts';
import { graderFields } from './grader-fields.ts';
import { type Languages, languageSample, languagesOf } from './languages.ts';
import { type ProblemCounts, problemLog, shown } from './problem.ts';
import { type Removable, removableCounter } from './removable.ts';
import { repeatFinder } from './repeats.ts';
import { type ReadOptions, readLines } from './source.ts';
import { checkTexts } from './texts.ts';
import { type Encoding, tokenCounter } from './tokens.ts';

/** The fewest examples that OpenAI's fine-tuning takes. */
export const fewestExamples = 10;
const defaultMaxProblems = 100;

export interface InspectOptions extends ReadOptions {
  /** What the examples are for; `supervised` when absent. */
  method?: Method | undefined;
  /** Fields of a line that it may have beside those of its format. */
  fields?: readonly string[] | undefined;
  /** Longer examples are cut by the platform: a warning. */
  maxTokensPerExample?: number | undefined;
  encoding?: Encoding | undefined;
  /** Fewer are an error. */
  minimumExamples?: number | undefined;
  /** More are an error. */
  maximumExamples?: number | undefined;
  /** A grader, or several, in any shape: examples that lack a field which its templates name are an error. */
  grader?: unknown;
  /** How many problems are kept; all are counted. */
  maxProblems?: number | undefined;
}

export interface Inspection extends ProblemCounts {
  method: Method;
  /** Lines that hold something, right or wrong. */
  examples: number;
  /** Of the examples without errors, each once; of pairs both sides, each with what is asked. */
  tokens: number;
  /** Of these, what the assistant says in any of its messages. */
  answerTokens: number;
  /** Tokens of the longest example; of a pair the longer side counts. */
  longest: number;
  lengths: LengthRange[];
  /** By the code of a check: what could be left out. */
  removable: Record<string, Removable>;
  classes?: Classes | undefined;
  /** Of a sample; absent where no language can be told. */
  languages?: Languages | undefined;
}

/**
 * Reads a data set and tells everything that is wrong with it, and its size, in bounded memory whatever the file.
 * Throws `source_missing`, `source_unreadable`, and `invalid_data` for an empty file.
 */
export async function inspectDataset(path: string, options: InspectOptions = {}): Promise<Inspection> {
  const { maxTokensPerExample = Number.POSITIVE_INFINITY, encoding = 'o200k_base', method = 'supervised' } = options;
  const format = formats[method];
  const known = new Set(options.fields?.map(shown));
  const { minimumExamples = fewestExamples, maximumExamples = Number.POSITIVE_INFINITY } = options;
  const { maxProblems = defaultMaxProblems } = options;
  const grader = graderFields(options.grader);
  const counter = tokenCounter(encoding);
  const log = problemLog(maxProblems);
  const repeats = repeatFinder();
  const lengths = lengthCounter();
  const answers = classCounter();
  const removable = removableCounter();
  const speech = languageSample();
  const affixes = affixCounter();
  const sum = { examples: 0, tokens: 0, answerTokens: 0, longest: 0 };

  const add = ({ line, example, problems }: ReadExample): void => {
    for (const problem of problems) {
      if (problem.code !== 'example_unrecognized_key' || !known.has(problem.path ?? '')) log.add(problem);
    }
    if (line || problems.some(({ severity }) => severity === 'error')) sum.examples += 1;
    if (!line || !example) return;
    const places = () => format.places(example);
    const findings = [...checkTexts(line.text, places), ...repeats.add(example)];
    for (const finding of findings) {
      log.add({ ...finding, line: line.number });
    }
    grader.add(example, line.number);
    speech.add(example, line);
    affixes.add(example);
    const { tokens, assistantTokens, longest } = counter.example(example);
    removable.add([...problems, ...findings], tokens);
    lengths.add(tokens);
    answers.add(format.answer(example));
    sum.tokens += tokens;
    sum.answerTokens += assistantTokens;
    sum.longest = Math.max(sum.longest, longest);
    if (longest > maxTokensPerExample) {
      const message = `The example has ${longest - maxTokensPerExample} tokens more than the ${maxTokensPerExample} that the model trains on: its end is cut off, and with it the answer. Shorten it.`;
      log.add({ code: 'example_too_long', severity: 'warning', line: line.number, message });
    }
  };

  for await (const list of readExamples(readLines(path, options), format)) {
    for (const read of list) add(read);
  }
  if (sum.examples < minimumExamples) {
    const message = `There are too few examples: ${sum.examples}, and the platform trains on ${minimumExamples} at least. Add some.`;
    log.add({ code: 'too_few_examples', severity: 'error', message });
  }
  if (sum.examples > maximumExamples) {
    const message = `There are too many examples: ${sum.examples}, and the platform takes ${maximumExamples} at most. Leave some out.`;
    log.add({ code: 'too_many_examples', severity: 'error', message });
  }
  for (const finding of grader.result()) log.add(finding);
  const { languages, problems: spoken } = languagesOf(speech.looked());
  for (const problem of [...spoken, ...affixesOf(affixes.result())]) log.add(problem);
  const classes = answers.result();
  const imbalance = classes && imbalanceOf(classes);
  if (imbalance) log.add(imbalance);
  return {
    method,
    ...sum,
    lengths: lengths.ranges(),
    removable: removable.result(),
    ...(classes ? { classes } : {}),
    ...(languages ? { languages } : {}),
    ...log.result(),
  };
}
