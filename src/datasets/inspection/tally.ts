import type { Method } from '../../contract/config.ts';
import { addBeyond } from '../estimate.ts';
import { graderFields } from '../examples/grader-fields.ts';
import { type Problem, type ProblemCounts, problemLog } from '../problem.ts';
import { type Affixes, affixesOf, bothAffixes } from './affixes.ts';
import { capitalsOf } from './capitals.ts';
import { type Classes, classCounter, imbalanceOf } from './classes.ts';
import { distribution, type LengthRange, type Spread } from './distribution.ts';
import type { Examined, ExampleFacts, Part } from './examine.ts';
import { bothLooked, type Languages, type Looked, languagesOf } from './languages.ts';
import { checkSize, type FileLimits } from './limits.ts';
import { type Removable, removableCounter } from './removable.ts';
import { repeatFinder } from './repeats.ts';

const defaultMaxProblems = 100;

export interface TallyOptions extends FileLimits {
  method?: Method | undefined;
  /** That of the lines' examiner. */
  maxTokensPerExample?: number | undefined;
  /** Tokens that models read at once: for each is counted what of the examples is beyond it; {@link maxTokensPerExample} when absent. */
  contexts?: readonly number[] | undefined;
  /** That of the lines' examiner. */
  grader?: unknown;
  /** How many problems are kept; all are counted. */
  maxProblems?: number | undefined;
  /** Told of each example without errors, in their order. */
  onExample?: ((counts: ExampleCounts) => void) | undefined;
}

/** Of one example; of a pair both sides count, each with what is asked. */
export interface ExampleCounts {
  line: number;
  tokens: number;
  /** Of these, what the assistant says. */
  answerTokens: number;
}

export interface Inspection extends ProblemCounts {
  method: Method;
  /** Lines that hold something, right or wrong. */
  examples: number;
  /** Those without errors. */
  faultless: number;
  /** Of the examples without errors, each once; of pairs both sides, each with what is asked. */
  tokens: number;
  /** Of these, what the assistant says in any of its messages. */
  answerTokens: number;
  /** Of these, the answers at the end. */
  finalTokens: number;
  /** Tokens of the longest example; of a pair the longer side counts. */
  longest: number;
  /** By what a model reads at once: the tokens of all examples that are cut off, where there are any. */
  beyond: Record<number, number>;
  lengths: LengthRange[];
  spreads: Spreads;
  /** By the code of a check: what could be left out. */
  removable: Record<string, Removable>;
  classes?: Classes | undefined;
  /** Of a sample; absent where no language can be told. */
  languages?: Languages | undefined;
}

/** Of the examples without errors. */
export interface Spreads {
  /** Messages of an example; of a pair those of its input and one answer. */
  messages: Spread;
  tokens: Spread;
  answerTokens: Spread;
}

export interface Tally {
  /** The lines of a file, in their order. */
  add(examined: Examined): void;
  /** The parts of a file, in their order. */
  addPart(part: Part): void;
  /** Of a file of so many bytes. */
  result(bytes: number): Inspection;
}

/** Brings the lines of a file together, and tells what can be told only of several; in bounded memory. */
export function tally(options: TallyOptions): Tally {
  const { method = 'supervised', maxTokensPerExample = Number.POSITIVE_INFINITY } = options;
  const { contexts = Number.isFinite(maxTokensPerExample) ? [maxTokensPerExample] : [] } = options;
  const shortestContext = Math.min(...contexts);
  const log = problemLog(options.maxProblems ?? defaultMaxProblems);
  const repeats = repeatFinder();
  const messages = distribution();
  const lengths = distribution();
  const answerLengths = distribution();
  const answers = classCounter();
  const removable = removableCounter(contexts);
  const grader = graderFields(options.grader);
  const sum = { examples: 0, faultless: 0, tokens: 0, answerTokens: 0, finalTokens: 0, longest: 0 };
  const beyond: Record<number, number> = {};
  let withImages = 0;
  let looked: Looked[] = [];
  let affixes: Affixes = { questions: undefined, answers: undefined, images: undefined };

  function addFacts(facts: ExampleFacts, problems: readonly Problem[]): void {
    const { line, tokens, assistantTokens, finalTokens, longest } = facts;
    const repeated = repeats.add(facts.repeat);
    for (const finding of repeated) log.add({ ...finding, line });
    grader.add(facts.lacking, line);
    if (problems.length + repeated.length > 0) removable.add([...problems, ...repeated], facts);
    messages.add(facts.messages);
    lengths.add(tokens);
    answerLengths.add(assistantTokens);
    options.onExample?.({ line, tokens, answerTokens: assistantTokens });
    answers.add(facts.answer);
    if (facts.images > 0) withImages += 1;
    sum.tokens += tokens;
    sum.faultless += 1;
    sum.answerTokens += assistantTokens;
    sum.finalTokens += finalTokens;
    sum.longest = Math.max(sum.longest, longest);
    if (longest > shortestContext) addBeyond(beyond, contexts, facts);
  }

  return {
    add({ problems, examples, facts }) {
      for (const problem of problems) log.add(problem);
      sum.examples += examples;
      if (facts) addFacts(facts, problems);
    },
    addPart(part) {
      looked = bothLooked(looked, part.looked);
      affixes = bothAffixes(affixes, part.affixes);
    },
    result(bytes) {
      for (const finding of checkSize({ ...sum, bytes, withImages }, options)) log.add(finding);
      for (const finding of grader.result()) log.add(finding);
      const { languages, problems: spoken } = languagesOf(looked);
      for (const problem of [...spoken, ...capitalsOf(looked), ...affixesOf(affixes)]) log.add(problem);
      const classes = answers.result();
      const imbalance = classes && imbalanceOf(classes);
      if (imbalance) log.add(imbalance);
      return {
        method,
        ...sum,
        beyond,
        lengths: lengths.ranges(),
        spreads: {
          messages: messages.spread(),
          tokens: lengths.spread(),
          answerTokens: answerLengths.spread(),
        },
        removable: removable.result(),
        ...(classes ? { classes } : {}),
        ...(languages ? { languages } : {}),
        ...log.result(),
      };
    },
  };
}
