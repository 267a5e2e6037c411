import type { Example } from '../examples/formats.ts';
import type { ExampleImage } from '../examples/images.ts';
import { assistantText } from '../examples/reference.ts';
import { type Finding, warningAt } from '../problem.ts';
import { fingerprint } from './fingerprint.ts';
import { ownCopy } from './own-copy.ts';

/** Of fewer examples nothing is said. */
const fewestExamples = 10;
/** No more of a text is compared. */
const mostLetters = 200;
/** What is shorter stands there by chance, or by the nature of the thing. */
const fewestLetters = { beginning: 20, ending: 3 };
/** What questions ended with for models that took plain text: a line break, or marks that no sentence ends with. */
const separator = /[\n#]|[-=]>|\|\|/;
/** What answers ended with: a word or a line; marks alone may close a sentence, a list or code. */
const stop = /[\p{L}\p{N}\n#]/u;
/** What they end with by their nature: words, a sentence, or what closes code, data or markup. */
const natural = /(?:[\p{L}\p{N}][.!?…。！？"'”’»)]*|(?<![\p{L}\p{N}])[}\])];?|<\/[\w:.-]+>|```)\s*$/u;
const codeEnd = /```\s*$/;
const structured = /^\s*(?:[[{<]|```)/;

/** What some texts have in common at both ends. */
export interface Common {
  texts: number;
  /** Whether they are all the same, by the first {@link mostLetters} letters and the length; the first one is kept so far. */
  alike: boolean;
  first: string;
  length: number;
  beginning: string;
  ending: string;
}

/** Of a file, or of a part of it. */
export interface Affixes {
  questions: Common | undefined;
  answers: Common | undefined;
  /** Fingerprints of the images of each example. */
  images: Common | undefined;
}

/** What questions, and answers, begin and end with; `take` tells of those since it was asked before. */
export function affixCounter(): { add(example: Example, shown: readonly ExampleImage[]): void; take(): Affixes } {
  let questions: Common | undefined;
  let answers: Common | undefined;
  let images: Common | undefined;
  return {
    add({ chat }, shown) {
      const last = chat.messages.at(-1);
      const asked = chat.messages.findLast(({ role }) => role === 'user');
      questions = joined(questions, asked ? assistantText(asked) : '');
      answers = joined(answers, last?.role === 'assistant' ? assistantText(last) : '');
      images = joined(images, shown.length > 0 ? JSON.stringify(fingerprint(shown.map(({ url }) => url))) : '');
    },
    take() {
      const taken = { questions, answers, images };
      questions = undefined;
      answers = undefined;
      images = undefined;
      return taken;
    },
  };
}

/** Of two parts of a file. */
export function bothAffixes(one: Affixes, other: Affixes): Affixes {
  return {
    questions: both(one.questions, other.questions),
    answers: both(one.answers, other.answers),
    images: both(one.images, other.images),
  };
}

/** Warnings of what all questions, or all answers, of a file begin and end with; the legacy preparation tool told it too. */
export function affixesOf({ questions, answers, images }: Affixes): Finding[] {
  const [asked, said] = [endsOf(questions), endsOf(answers)];
  const plain = !structured.test(answers?.first ?? '');
  const stops = said.ending.length >= fewestLetters.ending && stop.test(said.ending) && !codeEnd.test(said.ending);
  return [
    ...(asked.beginning.length >= fewestLetters.beginning ? [questionsBegin(asked.beginning)] : []),
    ...(separator.test(asked.ending) && !natural.test(asked.ending) ? [questionsEnd(asked.ending)] : []),
    ...(asked.same && images?.alike ? [questionsAreOne()] : []),
    ...(/^\s/.test(said.beginning) ? [answersBeginBlank()] : []),
    ...(said.beginning.length >= fewestLetters.beginning && plain ? [answersBegin(said.beginning)] : []),
    ...(stops && plain ? [answersEnd(said.ending)] : []),
    ...(said.same ? [answersAreOne()] : []),
  ];
}

/** Nothing where there are few; no ends where all are the same. */
function endsOf(common: Common | undefined): { beginning: string; ending: string; same: boolean } {
  const none = { beginning: '', ending: '' };
  if (!common || common.texts < fewestExamples) return { ...none, same: false };
  const { beginning, ending, alike, length } = common;
  return alike ? { ...none, same: length > 0 } : { beginning, ending, same: false };
}

/** Changes `common`: it is of the one counter, and a copy for each example would be garbage. */
function joined(common: Common | undefined, text: string): Common {
  const head = text.slice(0, mostLetters);
  if (!common) {
    const [beginning, ending] = [ownCopy(head), ownCopy(text.slice(-mostLetters))];
    return { texts: 1, alike: true, first: beginning, length: text.length, beginning, ending };
  }
  common.texts += 1;
  if (common.alike) common.alike = text.length === common.length && head === common.first;
  if (!text.startsWith(common.beginning)) common.beginning = sharedBeginning(common.beginning, text);
  if (!text.endsWith(common.ending)) common.ending = sharedEnding(common.ending, text);
  return common;
}

function both(one: Common | undefined, other: Common | undefined): Common | undefined {
  if (!one || !other) return one ?? other;
  return {
    ...one,
    texts: one.texts + other.texts,
    alike: one.alike && other.alike && one.first === other.first && one.length === other.length,
    beginning: sharedBeginning(one.beginning, other.beginning),
    ending: sharedEnding(one.ending, other.ending),
  };
}

/** What both begin with. */
export function sharedBeginning(one: string, other: string): string {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  return one.slice(0, at);
}

/** What both end with. */
export function sharedEnding(one: string, other: string): string {
  let at = 0;
  while (at < one.length && one.at(-1 - at) === other.at(-1 - at)) at += 1;
  return at === 0 ? '' : one.slice(-at);
}

function questionsBegin({ length }: string): Finding {
  const message = `All questions begin with the same ${length} letters: the model will want them before every question. Put instructions into a system message, and use the same one with the model.`;
  return warningAt('', 'common_question_beginning', message);
}

function questionsEnd({ length }: string): Finding {
  const message = `All questions end with the same ${length} letters, a separator such as models of plain text wanted: messages need none, and the model will want it after every question. Remove it.`;
  return warningAt('', 'common_question_ending', message);
}

function questionsAreOne(): Finding {
  const message =
    'All questions are the same, by their first 200 letters and their length: the model learns one answer, or many to guess between. Ask what people will ask.';
  return warningAt('', 'identical_questions', message);
}

function answersAreOne(): Finding {
  const message =
    'All answers are the same, by their first 200 letters and their length: the model will say that to everything. Add examples with other answers.';
  return warningAt('', 'identical_answers', message);
}

function answersBeginBlank(): Finding {
  const message =
    'All answers begin with white space, as completions of plain text did: messages need none, and the model will begin with it too. Remove it.';
  return warningAt('', 'blank_answer_beginning', message);
}

function answersBegin({ length }: string): Finding {
  const message = `All answers begin with the same ${length} letters: they are paid for with each answer and tell nothing. Leave them out, and put them before the answers yourself.`;
  return warningAt('', 'common_answer_beginning', message);
}

function answersEnd({ length }: string): Finding {
  const message = `All answers end with the same ${length} letters: messages need no mark at their end, and it is paid for with each answer. Leave it out unless it is meant.`;
  return warningAt('', 'common_answer_ending', message);
}
