import { answer, type ChatMessage } from '../../../src/simulator/learner/index.ts';
import { offeredLabels } from '../../../src/simulator/learner/labels.ts';
import { separable } from './support.ts';

const system = (content: string): ChatMessage => ({ role: 'system', content });
const user = (content: string): ChatMessage => ({ role: 'user', content });

test.each([
  ['bullets', 'Sort the question.\n\n- card_arrival\n* "lost card"\n3) top-up failed\n\nAnswer with the label only.'],
  ['lines', 'You sort questions. Labels:\ncard_arrival\nlost card\ntop-up failed\n\nAnswer with the label only.'],
  ['a comma list', 'Answer with one of: card_arrival, lost card or top-up failed. Nothing else.'],
  ['a list broken over lines', 'Labels: card_arrival,\nlost card,\ntop-up failed'],
  ['JSON', 'Answer [briefly] with one of ["card_arrival", "lost card", "top-up failed"], please, now, at once, all.'],
  ['described bullets', '- card_arrival: where is it?\n- `lost card` - it is gone\n- **top-up failed**: no money'],
])('finds the labels offered as %s', (_, text) => {
  expect(offeredLabels(text).map(({ label }) => label)).toEqual(['card_arrival', 'lost card', 'top-up failed']);
});

test.each([
  ['nothing', ''],
  ['an instruction alone', 'You are a helpful assistant.'],
])('finds no labels in %s', (_, text) => {
  expect(offeredLabels(text)).toEqual([]);
});

test('picks the label whose words, or whose description, the question shares', () => {
  const prompt = system('- card_arrival\n- exchange_rate\n- other: refunds and anything else');
  expect(answer(undefined, [prompt, user('When will my new card be arriving?')])).toBe('card_arrival');
  expect(answer(undefined, [prompt, user('which rates for an exchange?')])).toBe('exchange_rate');
  expect(answer(undefined, [prompt, user('I want a refund')])).toBe('other');
});

test('says what it is when the prompt gives nothing', () => {
  expect(answer(undefined, [system('You are a poet.'), user('Write one.')])).toBe(
    'I am a simulated base model: the prompt lists no labels and shows no examples, so I have nothing to go on.',
  );
});

test('examples shown in the prompt beat labels alone', () => {
  const prompt = system('Labels: lost_card, exchange_rate, forgotten_pin');
  const shown = separable(12).flatMap(([question, label]) => [user(question), { role: 'assistant', content: label }]);
  const unseen = separable(48, 5);
  const share = (messages: ChatMessage[]) =>
    unseen.filter(([question, label]) => answer(undefined, [...messages, user(question)]) === label).length / 48;
  expect(share([prompt, ...shown])).toBeGreaterThan(share([prompt]) + 0.2);
  expect(share(shown)).toBeGreaterThan(0.9);
});

test('draws among its candidates above temperature 0, repeatably with a seed', () => {
  const messages = [system('Labels: red, green, blue'), user('grey')];
  const draw = (seed: number) => answer(undefined, messages, { temperature: 1, seed });
  const drawn = Array.from({ length: 60 }, (_, seed) => draw(seed));
  expect([...new Set(drawn)].sort()).toEqual(['blue', 'green', 'red']);
  expect(Array.from({ length: 60 }, (_, seed) => draw(seed))).toEqual(drawn);
});

test.each([
  ['blanks', ' '.repeat(100_000)],
  ['empty lines', '\n \n'.repeat(30_000)],
  ['quotes', `x${'"'.repeat(100_000)}x`],
  ['brackets', '[,'.repeat(50_000)],
  ['dashes', '- '.repeat(50_000)],
  ['short lines', 'a\n'.repeat(50_000)],
  ['a word without end', 'a'.repeat(100_000)],
])('reads 100 KB of %s in a moment', (_, text) => {
  const start = performance.now();
  answer(undefined, [system(`Labels: ${text} end`), user(text)]);
  expect(performance.now() - start).toBeLessThan(30_000);
});
