import fc from 'fast-check';
import type { ChatMessage } from '../../../src/datasets/shapes.ts';
import { likenesses, nearGroups } from '../../../src/datasets/split/near.ts';

const user = (content: string, system?: string) => [
  ...(system === undefined ? [] : [{ role: 'system', content: system }]),
  { role: 'user', content },
];

/** The groups that these questions make, in the order of their first members; answers are not known when absent. */
function grouped(questions: readonly ChatMessage[][], answers: readonly string[] = []): number[][] {
  const likenessOf = likenesses([]);
  const groups = nearGroups(questions.map((one, index) => likenessOf(one, answers[index] ?? '')));
  return [...Map.groupBy(groups.keys(), (index) => groups[index]).values()];
}

test.each([
  ["Can you tell me why I haven't received my card?", "can you tell me why I haven't received my card??", true],
  [
    'I want to reactivate my card, I thought I had lost it but it was in my jacket',
    'I want to reactivate my card, I thought I had lost it but it was in my jackets',
    true,
  ],
  ['Why is there a fee on my statement from last week?', 'Why was there a charge in my account this month?', false],
  ['注文した商品がまだ届いていません。いつ届きますか', '注文した商品がまだ届いていません！いつ届きますか？', true],
  ['Go on.', 'Go on!', false],
])('%j and %j', (a, b, near) => {
  expect(grouped([user(a), user(b)])).toEqual(near ? [[0, 1]] : [[0], [1]]);
});

const apples = (had: string, more: string) =>
  `Tom had ${had} apples in his basket, and then his sister gave him ${more} more. How many apples does Tom have now?`;
const order = (id: number) =>
  `The parcel of my order ${id} has not arrived at my house yet, and I want to know where it is.`;
const even = (n: number) =>
  `Is the number that is written here, ${n}, an even one? Answer with one word and no more than that.`;

test.each<[string, [question: string, answer: string][], number[][]]>([
  [
    'other numbers with other answers',
    [
      [apples('5', '7'), '12'],
      [apples('5', '8'), '13'],
    ],
    [[0], [1]],
  ],
  [
    'the same numbers, whatever is answered',
    [
      [apples('5', '7'), '12'],
      [`${apples('5', '7')}!`, '13'],
    ],
    [[0, 1]],
  ],
  [
    'other signs',
    [
      [apples('5', '7 + 1'), '13'],
      [apples('5', '7 - 1'), '11'],
    ],
    [[0], [1]],
  ],
  [
    'a number written otherwise',
    [
      [apples('5,000', '7'), 'a'],
      [apples('5000', '7'), 'a'],
    ],
    [[0, 1]],
  ],
  [
    'other numbers with the same answer',
    [
      [order(12), 'tracking'],
      [order(13), 'Tracking.'],
    ],
    [[0, 1]],
  ],
  [
    'an answer that takes them over',
    [
      [order(12), 'Order 12 is late.'],
      [order(13), 'Order 13 is late.'],
    ],
    [[0, 1]],
  ],
  [
    'an answer that makes others of them',
    [
      [apples('5', '7'), '5 + 7 = 12'],
      [apples('5', '8'), '5 + 8 = 13'],
    ],
    [[0], [1]],
  ],
  [
    'one of them as the answer',
    [
      [apples('5', '7'), '5'],
      [apples('5', '8'), '8'],
    ],
    [[0], [1]],
  ],
  [
    'few answers that hang on them',
    [
      [even(12), 'yes'],
      [even(13), 'no'],
      [even(14), 'yes'],
      [even(15), 'no'],
    ],
    [[0], [1], [2], [3]],
  ],
  [
    'other numbers, and answers that are not known',
    [
      [order(12), ''],
      [order(13), ''],
    ],
    [[0, 1]],
  ],
])('questions alike, with %s', (_, examples, groups) => {
  expect(
    grouped(
      examples.map(([question]) => user(question)),
      examples.map(([, answer]) => answer),
    ),
  ).toEqual(groups);
});

test('questions of nothing but numbers, tens of thousands of them, are compared by the first ones', () => {
  const many = Array.from({ length: 30_000 }, (_, n) => n).join(' ');
  const questions = [user(many), user(`${many} 3`), user(`5 ${many}`)];
  expect(grouped(questions, ['a', 'b', 'c'])).toEqual([[0, 1], [2]]);
});

test('among many with other numbers the one with the same is found', () => {
  const sums = Array.from({ length: 200 }, (_, n): [string, string] => [apples(`${n}`, '7'), `${n + 7}`]);
  const all = [...sums, [`${apples('3', '7')}?`, '10'] as const];
  const groups = grouped(
    all.map(([question]) => user(question)),
    all.map(([, answer]) => answer),
  );
  expect(groups.filter(({ length }) => length > 1)).toEqual([[3, 200]]);
});

test('the same question under another system message is another one; under nearly the same it is not', () => {
  const question = 'Please rewrite the text that follows here.';
  const polite = 'You are a polite assistant that writes formal letters for a bank in the city.';
  const [rude, later] = ['Answer like a pirate at sea who has lost his ship.', `${polite} 2026`];
  const asked = [user(question, polite), user(question, rude), user(question, later), user(question)];
  expect(grouped(asked)).toEqual([[0, 2], [1], [3]]);
});

test('the same question of another image is another one; of the same image the text decides', () => {
  const text = 'What is to be seen in the picture that stands here?';
  const asked = (text: string, ...urls: string[]) => [
    {
      role: 'user',
      content: [{ type: 'text', text }, ...urls.map((url) => ({ type: 'image_url', image_url: { url } }))],
    },
  ];
  const data = (end: string) => `data:image/png;base64,${'A'.repeat(200_000)}${end}`;
  expect(grouped([asked(text, data('B')), asked(`${text}!`, data('C')), asked(`${text}?`, data('B'))])).toEqual([
    [0, 2],
    [1],
  ]);
  const [a, b] = ['https://example.com/a.png', 'https://example.com/b.png'];
  expect(grouped([asked(text, a, b), asked(text, b, a), asked(text, a), asked(text)])).toEqual([[0], [1], [2], [3]]);
  expect(grouped([asked(text, a), asked('How many people are standing on the bridge?', a)])).toEqual([[0], [1]]);
});

test('a group is called by its first member, and reaches by way of others', () => {
  const words = 'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen'.split(' ');
  const from = (word: number) => user(words.slice(word).join(' '));
  expect(grouped([from(0), from(2), from(4)])).toEqual([[0, 1, 2]]);
  expect(grouped([from(0), from(4)])).toEqual([[0], [1]]);
});

test('what has been changed in few letters is found, whatever it says', () => {
  const sentence = fc.array(fc.stringMatching(/^[a-z]{2,9}$/), { minLength: 12, maxLength: 80 });
  fc.assert(
    fc.property(fc.array(sentence, { minLength: 1, maxLength: 20 }), fc.nat(), (sentences, at) => {
      const texts = sentences.map((words) => words.join(' '));
      const chosen = texts[at % texts.length] as string;
      const groups = grouped([...texts, `${chosen.toUpperCase()}!`].map((text) => user(text)));
      const own = groups.find((members) => members.includes(texts.length)) as number[];
      expect(own.map((index) => texts[index] ?? chosen)).toContain(chosen);
      expect(own.length).toBeGreaterThan(1);
    }),
  );
});
