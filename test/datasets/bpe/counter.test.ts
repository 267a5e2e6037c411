import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { get_encoding } from 'tiktoken';
import { byteCounter } from '../../../src/datasets/bpe/counter.ts';
import { partLetters, partsOf } from '../../../src/datasets/bpe/parts.ts';
import { seededRandom } from '../../../src/datasets/random.ts';

const encodings = ['o200k_base', 'cl100k_base'] as const;

describe.each(encodings)('%s', (encoding) => {
  const { count } = byteCounter(encoding);
  const oracle = get_encoding(encoding);
  afterAll(() => oracle.free());
  /** The texts of which the count differs from tiktoken's. */
  const wrong = (texts: readonly string[]) =>
    texts.filter((text) => count(text) !== oracle.encode_ordinary(text).length).map((text) => JSON.stringify(text));

  test.each([
    ['words', "The quick brown fox; JUMPS over McDonald's \"lazy\" dog: it's we'LL I'd DON'T o'clock"],
    ['numbers', '1 12 123 1234 12345678 3.14 1,000 a1b22c333 ٣٤٥ ½'],
    ['white space', 'a  b   c\t\td\n\ne \n f\r\n\r\n  g \u0085h\u00a0i\u3000j\u2028k\ufeffl\u180em   '],
    ['code', 'if (a[i] !== b->c) { return /x+/g; } // ok\n/* ** */ <|endoftext|> <|im_start|>\n\n///\n'],
    ['scripts', 'Größe naïve Ελλάδα Ǆǅǆ русский עברית العربية हिन्दी ไทย 漢字かな交じり文 한국어 ʰ ſ İı K'],
    ['emoji', '👩‍👩‍👧‍👦 🏳️‍🌈 ☺️ é é ö̲ 🇩🇪 👍🏽 ﬁ ﾞ'],
    ['contractions', "it's IT'S it'ſ it's's 's 'S 'll x'LLy 're'vé ’s 'é"],
    ['halves of pairs', '\ud800 \udc00 a\ud83dx \ude00\ud83d'],
    ['nothing', ''],
  ])('counts as tiktoken does: %s', (_, text) => {
    const pieces = [...text.matchAll(/.{1,9}/gsu)].map(([piece]) => piece);
    expect(wrong([text, ...pieces, text.repeat(50), ...pieces.map((piece) => ` ${piece}\n`)])).toEqual([]);
  });

  test('counts as tiktoken does whatever stands beside what', () => {
    const random = seededRandom(1);
    const oneOf = (from: readonly string[]) => from[Math.floor(random() * from.length)] as string;
    const words = ["'s", "'LL", "'ſ", ' ', '  ', '\n', '\r\n', '\t', '\u0085', '\ufeff', '/', '!', '12', '٣', 'É', 'ǅ'];
    const more = ['漢', '\u0301', '😀', '\ud800', '<|endoftext|>', 'a', 'B', 'the', "'", '\x1c', '\0', 'ﬁ', 'ʰ'];
    const texts = Array.from({ length: 6000 }, () =>
      Array.from({ length: 1 + Math.floor(random() * 12) }, () => {
        const kind = random();
        if (kind < 0.6) return oneOf([...words, ...more]);
        // Scripts that were assigned long before the Unicode versions of either engine.
        if (kind < 0.8) return String.fromCodePoint(Math.floor(random() * 0x500));
        return String.fromCodePoint(0x4e00 + Math.floor(random() * 0x5000));
      }).join(''),
    );
    expect(wrong(texts)).toEqual([]);
  });

  test('counts as tiktoken does whatever a word of ASCII begins with, ends with and is followed by', () => {
    const random = seededRandom(4);
    const below = (limit: number) => Math.floor(random() * limit);
    const run = (from: string, most: number) =>
      Array.from({ length: below(most) }, () => from[below(from.length)]).join('');
    const ascii = () => String.fromCharCode(below(128));
    const word = () =>
      `${run(' "', 2)}${run('ABC', 3)}${run('aeinorst', 15)}${random() < 0.1 ? run("'sdé٣\0", 3) : ''}${run('0123456789', 5)}`;
    const texts = Array.from({ length: 6000 }, () =>
      Array.from({ length: 1 + below(8) }, () => (random() < 0.7 ? word() : ascii())).join(''),
    );
    expect(wrong([...texts, ...texts])).toEqual([]);
  });

  test('every number of up to three digits is a token', () => {
    const numbers = Array.from({ length: 1000 }, (_, number) => String(number));
    const padded = numbers.flatMap((number) => [number.padStart(2, '0'), number.padStart(3, '0')]);
    expect(wrong([...numbers, ...padded])).toEqual([]);
  });

  test('counts as tiktoken does where a piece is long enough for the heap', () => {
    const random = seededRandom(2);
    const letters = [...'abcdeé漢'];
    const run = (length: number) =>
      Array.from({ length }, () => letters[Math.floor(random() * letters.length)]).join('');
    expect(
      wrong([...Array.from({ length: 100 }, (_, i) => run(80 + i * 5)), 'a'.repeat(5000), '='.repeat(5000)]),
    ).toEqual([]);
  });

  test('a long text is counted in parts that change no count', () => {
    const random = seededRandom(5);
    const words = [
      'it',
      "'s",
      ' ',
      ' ',
      '  ',
      '\n',
      'Größe',
      '漢字',
      '한국어',
      'हिन्दी',
      '12',
      '😀',
      ', ',
      '/',
      '\u0301',
      '。',
    ];
    const text = Array.from({ length: 600_000 }, () => words[Math.floor(random() * words.length)]).join('');
    expect([...partsOf(text)].join('')).toBe(text);
    expect([...partsOf(text)].length).toBeGreaterThan(1);
    expect([...partsOf('😀'.repeat(1_100_000))].every((part) => part.isWellFormed())).toBe(true);
    expect(count(text)).toBe(oracle.encode_ordinary(text).length);
  });

  test('a text that is as long as a part can be, in letters of three bytes, is counted to its end', () => {
    const pair = '。漢';
    const text = pair.repeat(partLetters / 2);
    expect([...partsOf(text)]).toEqual([text]);
    expect(count(text)).toBe((partLetters / 2) * oracle.encode_ordinary(pair).length);
    expect(count(`${text.slice(0, -4)}a b.`)).toBe(
      (partLetters / 2 - 2) * oracle.encode_ordinary(pair).length + oracle.encode_ordinary('a b.').length,
    );
  });

  test('words as long as the longest that are remembered, and a letter more or less, are told apart', () => {
    const random = seededRandom(9);
    const letters = (length: number) =>
      Array.from({ length }, () => String.fromCharCode(97 + Math.floor(random() * 26))).join('');
    const stems = Array.from({ length: 300 }, () => letters(13));
    const words = stems.flatMap((stem) => ['', 'a', 'ab', 'abc', 'abcd', '\0', 'a\0'].map((end) => stem + end));
    const texts = words.flatMap((word) => [word, ` ${word}`, `"${word}`, ` ${word}'s`]);
    expect(wrong([...texts, ...texts])).toEqual([]);
  });

  test('forgetting what was remembered changes no count', () => {
    const random = seededRandom(3);
    const word = () => Math.floor(random() * 36 ** 6).toString(36);
    const texts = Array.from({ length: 400 }, () => Array.from({ length: 250 }, word).join(' '));
    expect(wrong(texts)).toEqual([]);
  });

  test('the patterns are those of the installed tiktoken', () => {
    const path = createRequire(import.meta.url).resolve(`tiktoken/encoders/${encoding}.json`);
    const { pat_str: pattern } = JSON.parse(readFileSync(path, 'utf8'));
    expect(pattern).toBe(patterns[encoding]);
  });
});

test('a million letters without a space take time in proportion, not with the square', () => {
  // With the square it would be a quarter of an hour, and the test's time would be over.
  expect(byteCounter('o200k_base').count('a'.repeat(1_000_000))).toBe(125_000);
});

/** What `src/datasets/bpe/patterns.ts` was written after: another one asks for a look there. */
const patterns = {
  o200k_base:
    "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
  cl100k_base:
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
};
