import { byteCounter } from '../../../src/datasets/bpe/counter.ts';
import { partLetters } from '../../../src/datasets/bpe/parts.ts';
import { seededRandom } from '../../../src/datasets/random.ts';

const hint =
  /@|\0|\ufffd|\+[1-9]|<\||sk-|xox.-|glpat-|-BEGIN|hf_|npm_|gh._|pat_|live_|AKIA|ASIA|AIza|[ÃÂÐÑ][\u0080-\u00bf]|Ã[Ÿ–€]|â€|â\u0080|ð[Ÿ\u009f]|\\u|\d\d\d(?:-\d\d\d\d|\d[ -]?\d\d\d\d)/;

describe.each(['o200k_base', 'cl100k_base'] as const)('%s', (encoding) => {
  const counter = byteCounter(encoding);
  const isHinted = (text: string) => {
    counter.count(text);
    return counter.hinted;
  };

  test.each([
    "The quick brown fox; it's 12 o'clock, <b>3.14</b> 100,000.50 £7\n\n",
    'Größe café señor NÃO château ÐÑ 漢字 😀',
    'A KIA, a well-meant_thing | x += 1 - 2 || 3',
    '1234567 123-456 123 4567 123--4567 12-3456',
    '',
  ])('there is no hint in %j', (text) => {
    expect(isHinted(text)).toBe(false);
  });

  test.each([
    '12345678',
    '1234 5678',
    '1234-5678',
    '123-4567',
    '99123-4567',
    'x12345678901é',
    '$1234-5678',
    'é123-4567',
    '٣12345678',
    '٣٣1234-5678',
  ])('the number in %j is one', (text) => {
    expect(isHinted(text)).toBe(true);
  });

  test('each is found, and nothing else, whatever stands beside it', () => {
    const random = seededRandom(11);
    const keys = ['sk', 'xoxb', 'glpat', 'BEGIN', 'hf', 'npm', 'gho', 'pat', 'live', 'AKIA', 'ASIA', 'AIza', '<|'];
    const pieces = [
      ...'@+|_-A \n"\'.é漢\0\ufffdÃâ€ÐÑÂðŸ–\u0080\u009f\u00b6<\\u',
      '  ',
      'The',
      'words',
      "'s",
      '123',
      '4567',
      '8',
      ...keys,
    ];
    const texts = Array.from({ length: 20_000 }, () =>
      Array.from({ length: 1 + Math.floor(random() * 5) }, () => pieces[Math.floor(random() * pieces.length)]).join(''),
    );
    expect(texts.filter((text) => isHinted(text) !== hint.test(text))).toEqual([]);
  });

  test('half of a surrogate pair is lost', () => {
    expect(isHinted('a \ud83d b')).toBe(true);
  });

  test('a text in parts is looked at, for one may end in a hint', () => {
    expect(isHinted('word '.repeat(partLetters / 4))).toBe(true);
  });
});
