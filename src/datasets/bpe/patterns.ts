import type { Encoding } from './vocabulary.ts';

/*
 * The patterns of the package `tiktoken`, whose engine (Rust's) differs from this one in two ways: `\s` is the property
 * White_Space, and `(?i:'s)` takes the long s, too. https://github.com/openai/tiktoken/blob/main/tiktoken_ext/openai_public.py
 */
const contraction = "'(?:[sSſtTmMdD]|[rR][eE]|[vV][eE]|[lL][lL])";
const white = '\\p{White_Space}';
const notWhite = '\\P{White_Space}';
const lower = '[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]';
const upper = '[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]';
const lead = '[^\\r\\n\\p{L}\\p{N}]?';
const number = '\\p{N}{1,3}';
const symbols = ` ?[^${white}\\p{L}\\p{N}]+`;
const blank = `${white}*[\\r\\n]+|${white}+(?!${notWhite})|${white}+`;
const word = `${lead}${upper}*${lower}+(?:${contraction})?|${lead}${upper}+${lower}*(?:${contraction})?`;

/** What a piece is; sticky, to be tried where one begins. Pieces of ASCII are told by hand, ten times as fast: `assembly/bpe/scan.ts`. */
export function patternOf(encoding: Encoding): RegExp {
  return new RegExp(sources[encoding], 'uy');
}

const sources: Record<Encoding, string> = {
  o200k_base: `${word}|${number}|${symbols}[\\r\\n/]*|${blank}`,
  cl100k_base: `${contraction}|${lead}\\p{L}+|${number}|${symbols}[\\r\\n]*|${blank}`,
};
