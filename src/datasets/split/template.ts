import { sharedBeginning, sharedEnding } from '../inspection/affixes.ts';

/** What nearly all questions of a file begin and end with, such as instructions: it tells none of them from another. */
export interface Template {
  beginning: string;
  ending: string;
}

/** Of fewer questions nothing is said. */
const fewestQuestions = 10;
/** What is shorter stands there by chance. */
const fewestLetters = 20;
/** So many questions may do without it. */
const mostOthers = 0.1;
/** After so many it is plain where there is none. */
const plainAfter = 100;

export interface TemplateCounter {
  /** Tells whether there can still be one, so that more questions are worth reading. */
  add(question: string): boolean;
  result(): Template;
}

export function templateCounter(): TemplateCounter {
  const [beginnings, endings] = [commonEnd(sharedBeginning), commonEnd(sharedEnding)];
  return {
    add(question) {
      beginnings.add(question);
      endings.add(question);
      return beginnings.isOpen() || endings.isOpen();
    },
    result: () => ({ beginning: beginnings.result(), ending: endings.result() }),
  };
}

/** What a question says beside the first templates that it has; all of it where that is nothing. */
export function withoutTemplates(question: string, templates: readonly Template[]): string {
  const begun = templates.find(({ beginning }) => beginning !== '' && question.startsWith(beginning));
  const own = question.slice(begun?.beginning.length ?? 0);
  const ended = templates.find(({ ending }) => ending !== '' && own.endsWith(ending));
  const rest = own.slice(0, own.length - (ended?.ending.length ?? 0));
  return /[\p{L}\p{N}]/u.test(rest) ? rest : question;
}

/** One end that nearly all texts have; where the first ones are strays, later ones outvote them. */
function commonEnd(sharedOf: (one: string, other: string) => string) {
  let common = '';
  let [texts, having] = [0, 0];
  const isOfNearlyAll = () => texts - having <= mostOthers * texts;
  return {
    add(text: string): void {
      texts += 1;
      const shared = sharedOf(common, text);
      if (shared.length >= fewestLetters) {
        common = shared;
        having += 1;
      } else if (texts - having > having) {
        common = text;
        having = 1;
      }
    },
    isOpen: () => texts < plainAfter || isOfNearlyAll(),
    result: () => (texts >= fewestQuestions && common.length >= fewestLetters && isOfNearlyAll() ? common : ''),
  };
}
