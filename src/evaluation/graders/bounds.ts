import type { ConfigOf } from '../../contract/graders.ts';
import type { Sample } from '../sample.ts';
import { cannotGrade, type Grade, type Grader, textGrader, verdict } from './grader.ts';

export function length({ input, ...bounds }: ConfigOf<'length'>): Grader {
  return textGrader({ input }, (texts) => {
    const chars = [...texts.input].length;
    const words = texts.input.match(/\S+/gu)?.length ?? 0;
    return (
      within(chars, bounds.min_chars, bounds.max_chars, 'characters') ??
      within(words, bounds.min_words, bounds.max_words, 'words') ??
      verdict(true)
    );
  });
}

/** Undefined where the number is within its bounds. */
function within(count: number, least = 0, most = Number.POSITIVE_INFINITY, unit = ''): Grade | undefined {
  return count < least || count > most ? verdict(false, `The answer has ${count} ${unit}.`) : undefined;
}

export function latency({ max_ms: most }: ConfigOf<'latency'>): Grader {
  return bound(({ latencyMs }) => latencyMs, most, 'How long the answer took', 'ms');
}

export function cost({ max_usd: most }: ConfigOf<'cost'>): Grader {
  return bound(({ usd }) => usd, most, 'What the answer cost', 'US dollars');
}

function bound(measured: (sample: Sample) => number | undefined, most: number, what: string, unit: string): Grader {
  return textGrader({}, (_texts, { sample }) => {
    const value = measured(sample);
    if (value === undefined) throw cannotGrade(`${what} is not known.`, 'Take another grader, or tell the price.');
    return value <= most ? verdict(true) : verdict(false, `${what} is ${Number(value.toPrecision(3))} ${unit}.`);
  });
}
