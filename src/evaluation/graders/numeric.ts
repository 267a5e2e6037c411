import type { ConfigOf } from '../../contract/graders.ts';
import { cannotGrade, type Grader, textGrader, verdict } from './grader.ts';

/** With thousands in threes behind commas, a fraction and an exponent; not a part of a word or of a longer number. */
const numbers =
  /(?<![\p{L}\p{N}_.,])[-+−]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:(?<=\d)|(?=\.\d))(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\p{L}\p{N}_])/gu;

export function numeric(config: ConfigOf<'numeric'>): Grader {
  const { input, reference, which, absolute, relative } = config;
  const hopedIn = (text: string) => {
    const hoped = numberIn(text, which);
    if (hoped !== undefined) return hoped;
    throw cannotGrade('There is no number in the reference.', 'Name the field with the number as reference.');
  };
  return textGrader(
    { input, reference },
    (texts) => {
      const hoped = hopedIn(texts.reference);
      const said = numberIn(texts.input, which);
      if (said === undefined) return verdict(false, 'There is no number in the answer.');
      return verdict(Math.abs(said - hoped) <= Math.max(absolute, relative * Math.abs(hoped)));
    },
    hopedIn,
  );
}

function numberIn(text: string, which: 'first' | 'last'): number | undefined {
  const found = text.match(numbers)?.at(which === 'first' ? 0 : -1);
  const value = found === undefined ? Number.NaN : Number(found.replaceAll(',', '').replace('−', '-'));
  return Number.isFinite(value) ? value : undefined;
}
