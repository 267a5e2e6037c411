import { reviewAnswers } from '../../../src/datasets/review/review.ts';
import { chat, imageChat, jsonl, temporaryFolder } from '../support.ts';

const files = temporaryFolder();

const words = {
  cards: ['card', 'pin', 'chip', 'wallet', 'plastic'],
  money: ['transfer', 'cash', 'balance', 'payment', 'salary'],
  people: ['name', 'address', 'birthday', 'passport', 'signature'],
};

/** 60 questions a class, each of three words of its class among others that all classes have. */
function questions(): [question: string, answer: string][] {
  return Object.entries(words).flatMap(([answer, own]) =>
    Array.from({ length: 60 }, (_, i): [string, string] => {
      const [a, b, c] = [own[i % 5], own[(i + 1) % 5], own[(i + 3) % 5]];
      return [`what about my ${a} and the ${b} number ${i} or ${c}`, answer];
    }),
  );
}

test('answers that the others speak against come first, each with what the others would answer', async () => {
  const lines = questions();
  const wrong = new Map([
    [5, 'money'],
    [70, 'people'],
    [150, 'cards'],
  ]);
  for (const [at, answer] of wrong) (lines[at] as [string, string])[1] = answer;
  const path = await files.write('labels.jsonl', jsonl(lines.map(([question, answer]) => chat(question, answer))));
  const review = await reviewAnswers(path, 'supervised', 10);
  expect(review).toMatchObject({ examples: 180, doubted: 3 });
  expect(review?.doubts.map(({ line, answer, expected }) => [line, answer, expected]).sort()).toEqual([
    [151, 'cards', 'people'],
    [6, 'money', 'cards'],
    [71, 'people', 'money'],
  ]);
  expect((await reviewAnswers(path, 'supervised', 2))?.doubts).toEqual(review?.doubts.slice(0, 2));
});

test('no example speaks for itself', async () => {
  // The only one of its words: learnt with it, it would be right.
  const lines = [...questions(), ['rent of the flat', 'cards'] as const, ['transfer of cash', 'cards'] as const];
  const path = await files.write('own.jsonl', jsonl(lines.map(([question, answer]) => chat(question, answer))));
  const lineOf = (await reviewAnswers(path, 'supervised', 10))?.doubts.map(({ line }) => line);
  expect(lineOf).toContain(182);
});

test('of an answer that an image decides, nothing is said', async () => {
  const lines = Array.from({ length: 30 }, (_, n) =>
    imageChat('What is it?', [`https://example.com/${n}.png`], n % 3 ? 'cat' : 'dog'),
  );
  const path = await files.write('images.jsonl', jsonl(lines));
  expect(await reviewAnswers(path, 'supervised', 10)).toMatchObject({ examples: 30, doubted: 0 });
});

test('scripts without spaces are read letter by letter', async () => {
  const own = { card: '銀行卡丟了怎麼辦', loan: '貸款利率是多少呢' };
  const lines = Object.entries(own).flatMap(([answer, text]) =>
    Array.from({ length: 10 }, (_, i) => chat(`${text.slice(0, 3 + (i % 5))}${i}`, answer)),
  );
  const path = await files.write('han.jsonl', jsonl([...lines, chat('貸款利率', 'card')]));
  expect(await reviewAnswers(path, 'supervised', 10)).toMatchObject({
    doubted: 1,
    doubts: [{ line: 21, expected: 'loan' }],
  });
});

test('where nearly every answer is its own there is nothing to review', async () => {
  const lines = Array.from({ length: 20 }, (_, i) => chat(`question ${i}`, `answer ${i}`));
  expect(await reviewAnswers(await files.write('free.jsonl', jsonl(lines)), 'supervised', 10)).toBeUndefined();
  const one = Array.from({ length: 20 }, (_, i) => chat(`question ${i}`, 'answer'));
  expect(await reviewAnswers(await files.write('one.jsonl', jsonl(one)), 'supervised', 10)).toBeUndefined();
});

test('in less memory fewer words are looked at, the same in all examples, and the wrong ones come first all the same', async () => {
  const lines = questions().map(([question, answer], at): [string, string] => [
    `${question} ${Array.from({ length: 10 }, (_, i) => `word${(at * 7 + i * 13) % 50}`).join(' ')}`,
    answer,
  ]);
  (lines[70] as [string, string])[1] = 'people';
  const path = await files.write('thin.jsonl', jsonl(lines.map(([question, answer]) => chat(question, answer))));
  const review = await reviewAnswers(path, 'supervised', 10, undefined, 5000);
  expect(review?.share).toBe(0.5);
  expect(review?.doubts[0]).toMatchObject({ line: 71, answer: 'people', expected: 'money' });
  expect((await reviewAnswers(path, 'supervised', 10))?.share).toBe(1);
});
