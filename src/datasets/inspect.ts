import { type Classes, classCounter, imbalanceOf } from './classes.ts';
import { type LengthRange, lengthCounter } from './distribution.ts';
import { type ReadExample, readExamples } from './examples.ts';
import { type ProblemCounts, problemLog } from './problem.ts';
import { assistantText } from './reference.ts';
import { repeatFinder } from './repeats.ts';
import { type ReadOptions, readLines } from './source.ts';
import { checkTexts } from './texts.ts';
import { type Encoding, tokenCounter } from './tokens.ts';

/** The fewest examples that OpenAI's fine-tuning takes. */
export const fewestExamples = 10;
const defaultMaxProblems = 100;

export interface InspectOptions extends ReadOptions {
  /** Longer examples are cut by the platform: a warning. */
  maxTokensPerExample?: number | undefined;
  encoding?: Encoding | undefined;
  /** Fewer are an error. */
  minimumExamples?: number | undefined;
  /** How many problems are kept; all are counted. */
  maxProblems?: number | undefined;
}

export interface Inspection extends ProblemCounts {
  /** Lines that hold something, right or wrong. */
  examples: number;
  /** Of the examples without errors, each once. */
  tokens: number;
  /** Of these, what the assistant says in any of its messages. */
  answerTokens: number;
  /** Tokens of the longest example. */
  longest: number;
  lengths: LengthRange[];
  classes?: Classes | undefined;
}

/**
 * Reads a data set and tells everything that is wrong with it, and its size, in bounded memory whatever the file.
 * Throws `source_missing`, `source_unreadable`, and `invalid_data` for an empty file.
 */
export async function inspectDataset(path: string, options: InspectOptions = {}): Promise<Inspection> {
  const { maxTokensPerExample = Number.POSITIVE_INFINITY, encoding = 'o200k_base' } = options;
  const { minimumExamples = fewestExamples, maxProblems = defaultMaxProblems } = options;
  const counter = tokenCounter(encoding);
  const log = problemLog(maxProblems);
  const repeats = repeatFinder();
  const lengths = lengthCounter();
  const answers = classCounter();
  const sum = { examples: 0, tokens: 0, answerTokens: 0, longest: 0 };

  const add = ({ line, example, problems }: ReadExample): void => {
    for (const problem of problems) log.add(problem);
    if (line || problems.some(({ severity }) => severity === 'error')) sum.examples += 1;
    if (!line || !example) return;
    for (const finding of [...checkTexts(line.text, example), ...repeats.add(example)]) {
      log.add({ ...finding, line: line.number });
    }
    const { tokens, assistantTokens } = counter.example(example);
    lengths.add(tokens);
    answers.add(assistantText(example.messages.at(-1) ?? {}));
    sum.tokens += tokens;
    sum.answerTokens += assistantTokens;
    sum.longest = Math.max(sum.longest, tokens);
    if (tokens > maxTokensPerExample) {
      const message = `The example has more than the ${maxTokensPerExample} tokens that the model trains on: its end is cut off, and with it the answer. Shorten it.`;
      log.add({ code: 'example_too_long', severity: 'warning', line: line.number, message });
    }
  };

  for await (const list of readExamples(readLines(path, options))) {
    for (const read of list) add(read);
  }
  if (sum.examples < minimumExamples) {
    const message = `There are too few examples: ${sum.examples}, and the platform trains on ${minimumExamples} at least. Add some.`;
    log.add({ code: 'too_few_examples', severity: 'error', message });
  }
  const classes = answers.result();
  const imbalance = classes && imbalanceOf(classes);
  if (imbalance) log.add(imbalance);
  return { ...sum, lengths: lengths.ranges(), ...(classes ? { classes } : {}), ...log.result() };
}
