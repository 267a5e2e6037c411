import { type Finding, warningAt } from '../problem.ts';
import type { Looked } from './languages.ts';

/** Of fewer examples nothing is said. */
const fewestExamples = 10;
/** Single capitals are names of choices, abbreviations, initials. */
const words = /\p{L}{3,}/gu;
/** Its keywords are usually written so. */
const sql =
  /\b(?:SELECT|INSERT INTO|UPDATE \S+ SET|DELETE FROM|(?:CREATE|ALTER|DROP) (?:TABLE|VIEW|INDEX)|WITH \w+ AS)\b/;

/** Warnings of questions or answers that are shouted: a third of their letters, as the legacy preparation tool had it. */
export function capitalsOf(looked: readonly Looked[]): Finding[] {
  return [
    ...(isShouted(looked.map(({ question }) => question)) ? [questionsShout()] : []),
    ...(isShouted(looked.map(({ answer }) => answer)) ? [answersShout()] : []),
  ];
}

function isShouted(texts: readonly string[]): boolean {
  const prose = texts.filter((text) => !sql.test(text));
  if (prose.length < fewestExamples) return false;
  let [capitals, small] = [0, 0];
  for (const text of prose) {
    // Together: two searches for each word would take several times as long.
    const letters = text.match(words)?.join('') ?? '';
    capitals += letters.match(/\p{Lu}/gu)?.length ?? 0;
    small += letters.match(/\p{Ll}/gu)?.length ?? 0;
  }
  return capitals * 2 > small;
}

function questionsShout(): Finding {
  const message =
    'More than a third of the letters of questions are capitals: models know words better as they are usually written, and people ask in small letters too. Write them so unless it is meant.';
  return warningAt('', 'upper_case_questions', message);
}

function answersShout(): Finding {
  const message =
    'More than a third of the letters of answers are capitals: they take more tokens than words as they are usually written, and models know them less well. Write them so unless it is meant.';
  return warningAt('', 'upper_case_answers', message);
}
