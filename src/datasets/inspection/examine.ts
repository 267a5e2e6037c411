import type { Method } from '../../contract/config.ts';
import { readExample } from '../examples/examples.ts';
import { type Example, formats } from '../examples/formats.ts';
import { graderFields } from '../examples/grader-fields.ts';
import { checkImages, type ExampleImage, type ImageLimits, imagesIn } from '../examples/images.ts';
import { type ExamplePart, untrainedParts } from '../examples/parts.ts';
import { checkTexts } from '../examples/texts.ts';
import { type Finding, type Problem, shown } from '../problem.ts';
import type { LineOrProblem } from '../reading/lines.ts';
import { type Encoding, type ExampleTokens, tokenCounter, usualEncoding } from '../tokens.ts';
import { type Affixes, affixCounter } from './affixes.ts';
import { type Fingerprint, fingerprintOf } from './fingerprint.ts';
import { type Looked, languageSample } from './languages.ts';
import { type RepeatKey, repeatKey } from './repeats.ts';
import { tooLong } from './too-long.ts';

export interface ExamineOptions {
  /** What the examples are for; `supervised` when absent. */
  method?: Method | undefined;
  /** Fields of a line that it may have beside those of its format. */
  fields?: readonly string[] | undefined;
  encoding?: Encoding | undefined;
  /** What the model is not trained on: an error. */
  without?: readonly ExamplePart[] | undefined;
  /** A grader, or several, in any shape: examples that lack a field which its templates name are an error. */
  grader?: unknown;
  /** Images beyond them are warnings; none is looked at when absent. */
  images?: ImageLimits | undefined;
  /** Longer examples are cut by the platform: a warning. */
  maxTokensPerExample?: number | undefined;
}

/** All that is to be known of a line to judge it among others, and nothing of what it says: it may come from a thread. */
export interface Examined {
  problems: readonly Problem[];
  /** 1 for a line that holds something, right or wrong. */
  examples: number;
  /** Of an example without errors. */
  facts: ExampleFacts | undefined;
}

export interface ExampleFacts extends ExampleTokens {
  line: number;
  /** What tells its answer from others. */
  answer: Fingerprint;
  repeat: RepeatKey;
  /** Fields that a grader's templates name, by their numbers. */
  lacking: readonly number[];
  /** Of the conversation. */
  messages: number;
  /** How many it has. */
  images: number;
}

/** What the examples of a part of a file say together. */
export interface Part {
  looked: Looked[];
  affixes: Affixes;
}

export interface Examiner {
  /** Tells of a line what can be told without the others; a line is behind those before it in the file. */
  examine(line: LineOrProblem): Examined;
  /** Of the lines since it was asked before. */
  part(): Part;
}

export function examiner(options: ExamineOptions): Examiner {
  const format = formats[options.method ?? 'supervised'];
  const known = new Set(options.fields?.map(shown));
  const grader = graderFields(options.grader);
  const { without = [], maxTokensPerExample = Number.POSITIVE_INFINITY } = options;
  const counter = tokenCounter(options.encoding ?? usualEncoding);
  const speech = languageSample();
  const affixes = affixCounter();
  const isMeant = ({ code, path }: Finding) => code === 'example_unrecognized_key' && known.has(path ?? '');

  return {
    examine(given) {
      const { line, example, problems: all } = readExample(given, format);
      const problems = known.size === 0 ? all : all.filter((problem) => !isMeant(problem));
      const examples = line || all.some(({ severity }) => severity === 'error') ? 1 : 0;
      if (!line || !example) return { problems, examples, facts: undefined };
      if (without.length > 0) addTo(problems, untrainedParts(example, without), line.number);
      const images = mayHaveImages(example) ? imagesIn(format.places(example)) : noImages;
      // Spreading takes longer.
      const { tokens, assistantTokens, finalTokens, longest } = counter.example(example);
      if (counter.hinted) addTo(problems, checkTexts(format.places(example)), line.number);
      if (options.images && images.length > 0) addTo(problems, checkImages(images, options.images), line.number);
      // The counter's hint is of the whole example before this.
      if (longest > maxTokensPerExample) {
        addTo(problems, [tooLong(counter, example, format, longest, maxTokensPerExample)], line.number);
      }
      const facts: ExampleFacts = {
        line: line.number,
        tokens,
        assistantTokens,
        finalTokens,
        longest,
        answer: fingerprintOf(format.answer(example)),
        repeat: repeatKey(example),
        lacking: grader.lacking(example),
        messages: example.chat.messages.length,
        images: images.length,
      };
      speech.add(example, line);
      affixes.add(example, images);
      return { problems, examples, facts };
    },
    part: () => ({ looked: speech.take(), affixes: affixes.take() }),
  };
}

const noImages: readonly ExampleImage[] = [];

function addTo(problems: Problem[], findings: readonly Finding[], line: number): void {
  for (const finding of findings) problems.push({ ...finding, line });
}

/** Nearly no example has a list of parts. */
function mayHaveImages({ chat }: Example): boolean {
  return chat.messages.some(({ content }) => typeof content === 'object' && content !== null);
}
