import type { Example } from './formats.ts';
import { type Finding, warningAt } from './problem.ts';
import { assistantText } from './reference.ts';

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
const structured = /^\s*(?:[[{<]|```)/;

/** Finds what all questions, and all answers, of a file begin and end with; the legacy preparation tool told it too. */
export interface Affixes {
  add(example: Example): void;
  result(): Finding[];
}

export function affixFinder(): Affixes {
  const [questions, answers] = [common(), common()];
  return {
    add({ chat }) {
      const last = chat.messages.at(-1);
      const asked = chat.messages.findLast(({ role }) => role === 'user');
      questions.add(asked ? assistantText(asked) : '');
      answers.add(last?.role === 'assistant' ? assistantText(last) : '');
    },
    result: () => [
      ...(questions.beginning().length >= fewestLetters.beginning ? [questionsBegin(questions.beginning())] : []),
      ...(separator.test(questions.ending()) ? [questionsEnd(questions.ending())] : []),
      ...(answers.beginning().length >= fewestLetters.beginning && !structured.test(answers.beginning())
        ? [answersBegin(answers.beginning())]
        : []),
      ...(answers.ending().length >= fewestLetters.ending && stop.test(answers.ending()) && !answers.structured()
        ? [answersEnd(answers.ending())]
        : []),
    ],
  };
}

/** What some texts have in common at both ends; nothing where there are few, or all are the same. */
function common() {
  let count = 0;
  let beginning = '';
  let ending = '';
  let alike = true;
  let first = '';
  const told = () => count >= fewestExamples && !alike;
  return {
    add(text: string): void {
      if (count === 0) [first, beginning, ending] = [text, text.slice(0, mostLetters), text.slice(-mostLetters)];
      count += 1;
      if (alike) alike = text === first;
      if (beginning !== '' && !text.startsWith(beginning)) beginning = sharedBeginning(beginning, text);
      if (ending !== '' && !text.endsWith(ending)) ending = sharedEnding(ending, text);
    },
    beginning: () => (told() ? beginning : ''),
    ending: () => (told() ? ending : ''),
    structured: () => structured.test(first),
  };
}

function sharedBeginning(one: string, other: string): string {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  return one.slice(0, at);
}

function sharedEnding(one: string, other: string): string {
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

function answersBegin({ length }: string): Finding {
  const message = `All answers begin with the same ${length} letters: they are paid for with each answer and tell nothing. Leave them out, and put them before the answers yourself.`;
  return warningAt('', 'common_answer_beginning', message);
}

function answersEnd({ length }: string): Finding {
  const message = `All answers end with the same ${length} letters: messages need no mark at their end, and it is paid for with each answer. Leave it out unless it is meant.`;
  return warningAt('', 'common_answer_ending', message);
}
