import { RE2JS } from 're2js';
import { TunewrightError } from '../../contract/errors.ts';
import type { ConfigOf } from '../../contract/graders.ts';
import { type Grader, textGrader, verdict } from './grader.ts';

/**
 * Looks for a pattern anywhere in the answer, in time linear in its length: no pattern can hold up a worker, and no
 * verdict depends on how busy a machine is, as it would under a time limit. The price are references back and looks around.
 */
export function regex({ pattern, flags, input, expect }: ConfigOf<'regex'>): Grader {
  const compiled = compile(pattern, flags);
  return textGrader({ input }, (texts) => verdict(compiled.matcher(texts.input).find() === (expect === 'match')));
}

const flagBits: Readonly<Record<string, number>> = {
  i: RE2JS.CASE_INSENSITIVE,
  m: RE2JS.MULTILINE,
  s: RE2JS.DOTALL,
};

function compile(pattern: string, flags: string): RE2JS {
  try {
    return RE2JS.compile(
      pattern,
      [...flags].reduce((bits, flag) => bits | (flagBits[flag] ?? 0), 0),
    );
  } catch (cause) {
    throw new TunewrightError('invalid_config', `The grader's pattern cannot be used: ${(cause as Error).message}.`, {
      advice: "Patterns are written in RE2's syntax, without references back and looks around.",
      cause,
    });
  }
}
