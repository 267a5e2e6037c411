import { seededRandom } from '../../../src/datasets/random.ts';
import { reviewTexts } from '../../../src/datasets/review/quality.ts';
import { chat, jsonl, temporaryFolder } from '../support.ts';

const files = temporaryFolder();
const subjects = ['The parcel', 'Your order', 'The refund', 'Our team', 'The invoice'];
const ends = ['within three days', 'by the end of the week', 'under your account', 'once you have signed in'];

/** Answers of one to three sentences that are all different. */
function usualAnswers(count: number): string[] {
  const random = seededRandom(1);
  const one = (list: readonly string[]) => list[Math.floor(random() * list.length)];
  return Array.from({ length: count }, (_, number) =>
    Array.from({ length: 1 + (number % 3) }, () => `${one(subjects)} ${number} is done ${one(ends)}.`).join(' '),
  );
}

/** The reasons against one answer among 200 usual ones, and how many others something speaks against. */
async function against(question: string, answer: string) {
  const lines = usualAnswers(200).map((usual, number) => chat(`What happens to number ${number} of mine?`, usual));
  lines.splice(100, 0, chat(question, answer));
  const path = await files.write('texts.jsonl', jsonl(lines));
  const quality = await reviewTexts(path, 'supervised', 5);
  return { poor: quality?.poor, reasons: quality?.answers.find(({ line }) => line === 101)?.reasons ?? [] };
}

test.each([
  ['says what assistants say when they decline', 'Tell me.', 'As an AI language model, I have no order of yours.'],
  ['says its question again', 'What happens to your order now, today?', 'What happens to your order now, today?'],
  ['says the same again and again', 'Where?', 'The refund is done. '.repeat(30)],
  ['a block of code is not closed', 'How?', 'Your order is done with this:\n```js\nsend(order);'],
  [
    'breaks off: nearly all others end as a sentence does',
    'When?',
    'The invoice is done by the end of the week under your acc',
  ],
  ['far longer than the others', 'All?', usualAnswers(120).join(' ')],
  ['far shorter than the others', 'Done?', 'y'],
  ['of other words or letters than the others', 'What?', 'Qzx vkj wqq xxz jjq zzk vvq kxj qqz zxv wkq.'],
])('%s', async (reason, question, answer) => {
  const { poor, reasons } = await against(question, answer);
  expect(reasons).toContain(reason);
  expect(poor).toBe(1);
});

test('nothing speaks against a usual one', async () => {
  expect(await against('Is it?', 'Your order is done once you have signed in.')).toEqual({ poor: 0, reasons: [] });
});

test('what many answers do is what is to be learnt', async () => {
  const lines = usualAnswers(60).map((answer, number) =>
    chat(answer, number % 4 === 0 ? answer : `As an AI language model, I cannot say it: ${answer}`),
  );
  const quality = await reviewTexts(await files.write('corrections.jsonl', jsonl(lines)), 'supervised', 5);
  expect(quality).toMatchObject({ examples: 60, counts: {}, answers: [] });
});

test('the worst come first, and no more than are asked for', async () => {
  const lines = usualAnswers(100).map((answer, number) => chat(`Number ${number}?`, answer));
  lines.push(chat('Short?', 'y'), chat('Tell me.', 'I am sorry, but I cannot assist with that.'));
  const path = await files.write('worst.jsonl', jsonl(lines));
  const all = await reviewTexts(path, 'supervised', 5);
  expect(all?.answers.map(({ line }) => line)).toEqual([102, 101]);
  expect((await reviewTexts(path, 'supervised', 1))?.answers).toEqual(all?.answers.slice(0, 1));
  expect(all).toMatchObject({ poor: 2, counts: { short: 1, refusal: 1 } });
});

test('of a few answers nothing is usual', async () => {
  const lines = usualAnswers(19).map((answer) => chat('Where?', answer));
  expect(await reviewTexts(await files.write('few.jsonl', jsonl(lines)), 'supervised', 5)).toBeUndefined();
});
