import { get_encoding, type Tiktoken } from 'tiktoken';

/** Texts beyond this are counted in pieces: the encoder's time grows with the square of a long unbroken word. */
const PIECE = 4000;
/** System prompts come again and again; only few and short texts are remembered. */
const CACHED_TEXTS = 500;
const CACHED_LENGTH = 16_384;

let encoder: Tiktoken | undefined;
const counts = new Map<string, number>();

function encode(text: string): Uint32Array {
  encoder ??= get_encoding('o200k_base');
  return encoder.encode_ordinary(text);
}

/** Number of o200k_base tokens in `text` (a text over 4,000 characters may be counted a few tokens too high). */
export function countTokens(text: string): number {
  const known = counts.get(text);
  if (known !== undefined) return known;
  let count = 0;
  for (const piece of pieces(text)) count += encode(piece).length;
  if (counts.size >= CACHED_TEXTS) counts.clear();
  if (text.length <= CACHED_LENGTH) counts.set(text, count);
  return count;
}

/** The first `max` tokens of `text` as text. */
export function truncateToTokens(text: string, max: number): string {
  const kept: string[] = [];
  let left = max;
  for (const piece of pieces(text)) {
    const tokens = encode(piece);
    if (tokens.length > left) {
      const bytes = (encoder as Tiktoken).decode(tokens.slice(0, left));
      return kept.join('') + new TextDecoder().decode(bytes).replace(/\uFFFD+$/, '');
    }
    left -= tokens.length;
    kept.push(piece);
  }
  return text;
}

/** `text` as the tokens' own texts, for streaming; characters split between tokens stay together. */
export function tokenTexts(text: string): string[] {
  const decoder = new TextDecoder();
  const texts: string[] = [];
  for (const piece of pieces(text)) {
    for (const token of encode(piece)) {
      const part = decoder.decode((encoder as Tiktoken).decode_single_token_bytes(token), { stream: true });
      if (part) texts.push(part);
    }
  }
  return texts;
}

function* pieces(text: string): Generator<string> {
  let start = 0;
  while (text.length - start > PIECE) {
    const space = text.lastIndexOf(' ', start + PIECE);
    const end = space > start ? space : start + PIECE;
    yield text.slice(start, end);
    start = end;
  }
  yield text.slice(start);
}
