import type { Method } from '../contract/config.ts';
import { readExamples } from './examples/examples.ts';
import { type Example, formats } from './examples/formats.ts';
import { assistantText } from './examples/reference.ts';
import { instructs } from './examples/roles.ts';
import { seededRandom } from './random.ts';
import { splitLines } from './reading/lines.ts';
import { type Encoding, tokenCounter } from './tokens.ts';

export interface SurveyOptions {
  method: Method;
  encoding: Encoding;
  /** So many examples are drawn, seeded; all of them where there are no more. */
  sample: number;
  seed: number;
}

/** What a data set is like, whose lines another one has checked: lines that are no example are only counted. */
export interface Survey {
  examples: number;
  unreadable: number;
  /** Of what a model reads at once. */
  longestTokens: number;
  /** The instructions with which every example begins. */
  instructions?: string | undefined;
  /** In the order of the file. */
  sample: SampledExample[];
}

export interface SampledExample {
  /** The line. */
  text: string;
  tokens: number;
  /** Of the final answer. */
  answerTokens: number;
}

/** Reads JSON lines once; memory holds the sample alone. */
export async function surveyExamples(bytes: AsyncIterable<Uint8Array>, options: SurveyOptions): Promise<Survey> {
  const { method, encoding, sample: room, seed } = options;
  const counter = tokenCounter(encoding);
  const random = seededRandom(seed);
  const drawn: (SampledExample & { index: number })[] = [];
  let [examples, unreadable, longestTokens] = [0, 0, 0];
  let instructions: string | undefined;

  for await (const list of readExamples(splitLines(bytes), formats[method])) {
    for (const { line, example } of list) {
      if (!line || !example) {
        unreadable += 1;
        continue;
      }
      const { tokens, longest } = counter.example(example);
      longestTokens = Math.max(longestTokens, longest);
      const own = instructionsOf(example);
      instructions = examples === 0 || own === instructions ? own : undefined;
      // Each example has the same chance to be drawn (Vitter's algorithm R).
      const place = examples < room ? examples : Math.floor(random() * (examples + 1));
      if (place < room) {
        const answerTokens = counter.text(assistantText(example.chat.messages.at(-1) ?? {}));
        drawn[place] = { index: examples, text: line.text.trim(), tokens, answerTokens };
      }
      examples += 1;
    }
  }
  const sample = drawn.toSorted((a, b) => a.index - b.index).map(({ index: _, ...one }) => one);
  return { examples, unreadable, longestTokens, instructions, sample };
}

function instructionsOf({ chat }: Example): string | undefined {
  const [first] = chat.messages;
  return first && instructs(first) && typeof first.content === 'string' ? first.content : undefined;
}
