import type { Example } from '../examples/formats.ts';
import { assistantText } from '../examples/reference.ts';
import { linesOf, type Problem } from '../problem.ts';
import { languageOf, mostLetters } from './language.ts';
import { ownCopy } from './own-copy.ts';

/** So many examples are looked at, whatever the size of the file; twice as many are held for a while. */
const sampleSize = 500;
/** Where answers are in another language than questions more often, that is what is to be learnt. */
const mostMixed = 0.1;
/** A language is learnt from no fewer examples, of a sample or of all; a single one may be a mistake of the telling. */
const fewestOfLanguage = 10;
const leastShare = 0.02;
const fewestTold = 2;

/** Languages of questions and answers, of a sample; ISO 639-1. */
export interface Languages {
  /** Examples that were looked at. */
  examples: number;
  /** How many of them ask, and answer, in which language; names, code and very short texts are of none. */
  questions: Record<string, number>;
  answers: Record<string, number>;
}

/** What is looked at of a file, or of parts of it that stand behind each other. */
export interface LanguageSample {
  /** `offset` is that of the line in the file: the same file has the same sample, in whatever parts it is read. */
  add(example: Example, line: { number: number; offset: number }): void;
  /** Of the lines since it was asked before; none that those before it leave no room for. */
  take(): Looked[];
}

/** The beginnings of what an example asks and answers; those of the lowest order are looked at. */
export interface Looked {
  order: number;
  line: number;
  question: string;
  answer: string;
}

/** Of two parts of a file, the first one first. */
export function bothLooked(one: readonly Looked[], other: readonly Looked[]): Looked[] {
  return lowest([...one, ...other]);
}

function lowest(looked: readonly Looked[]): Looked[] {
  return looked.toSorted((a, b) => a.order - b.order).slice(0, sampleSize);
}

export function languageSample(): LanguageSample {
  let sample: Looked[] = [];
  /** The lowest of what was taken before: it leaves less and less room. */
  let taken: number[] = [];
  let limit = 2 ** 32;

  /** Answers the lowest orders so far. */
  const trim = (): number[] => {
    sample = lowest(sample);
    const orders = [...taken, ...sample.map(({ order }) => order)].sort((a, b) => a - b);
    limit = orders[sampleSize - 1] ?? limit;
    sample = sample.filter(({ order }) => order <= limit);
    return orders.slice(0, sampleSize);
  };

  return {
    add({ chat }, { number, offset }) {
      const order = hash(offset);
      if (order >= limit) return;
      const last = chat.messages.at(-1);
      const asked = chat.messages.findLast(({ role }) => role === 'user');
      const answer = last?.role === 'assistant' && !last.tool_calls ? assistantText(last) : '';
      sample.push({ order, line: number, question: begun(asked ? assistantText(asked) : ''), answer: begun(answer) });
      if (sample.length === sampleSize * 2) trim();
    },
    take() {
      taken = trim();
      const looked = sample;
      sample = [];
      return looked;
    },
  };
}

/** The languages of a file, of the samples of all its parts. */
export function languagesOf(looked: readonly Looked[]): { languages?: Languages; problems: Problem[] } {
  const sample = lowest(looked);
  const told = sample.map(({ line, question, answer }) => ({
    line,
    question: languageOf(question),
    answer: languageOf(answer),
  }));
  const questions = counted(told.map(({ question }) => question));
  const answers = counted(told.map(({ answer }) => answer));
  if (Object.keys({ ...questions, ...answers }).length === 0) return { problems: [] };
  const both = told.filter(({ question, answer }) => question && answer);
  const mixed = both.filter(({ question, answer }) => question !== answer).sort((a, b) => a.line - b.line);
  return {
    languages: { examples: sample.length, questions, answers },
    problems: [
      ...(mixed.length > 0 && mixed.length <= mostMixed * both.length ? [answersElsewhere(mixed, both.length)] : []),
      ...rareLanguages(questions, sample.length),
    ],
  };
}

/** The most frequent first. */
function counted(languages: readonly (string | undefined)[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const language of languages) if (language) counts.set(language, (counts.get(language) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a));
}

function answersElsewhere(mixed: readonly { line: number }[], examples: number): Problem {
  const who = mixed.length === 1 ? 'one answers' : `${mixed.length} answer`;
  const message = `Of ${examples} examples that were looked at, ${who} in another language than they are asked in (${linesOf(mixed)}): a model that has seen a few such does the same to others. Mend them unless that is meant.`;
  return { code: 'answer_in_other_language', severity: 'warning', message };
}

function rareLanguages(questions: Readonly<Record<string, number>>, examples: number): Problem[] {
  const rare = Object.entries(questions).filter(
    ([, count]) => count >= fewestTold && count < fewestOfLanguage && count < leastShare * examples,
  );
  if (rare.length === 0) return [];
  const each = rare.map(([language, count]) => `${language} ${count}`).join(', ');
  const message = `Of ${examples} examples that were looked at, very few ask in some languages (${each}): too few to learn from, and a held-out set says nothing of them. Add such examples, or leave those out.`;
  return [{ code: 'rare_language', severity: 'warning', message }];
}

/** The beginning of a text. */
function begun(text: string): string {
  return ownCopy(text.slice(0, mostLetters));
}

function hash(offset: number): number {
  let mixed = Math.imul((offset >>> 0) ^ (offset / 2 ** 32), 0x9e3779b1);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}
