import { gradeOne } from './support.ts';

const item = { reference: '' };

test.each([
  "I'm sorry, but I can't help with that.",
  'I’m sorry, but I can’t assist with that request.',
  'I cannot provide instructions for that.',
  "Sorry, I won't do that.",
  'I am unable to answer this.',
  'Unfortunately, I am not able to do this.',
  "As an AI language model, I can't give legal advice.",
  'We must decline this request.',
])('%j refuses', async (text) => {
  expect((await gradeOne({ type: 'refusal' }, item, text)).passed).toBe(false);
  expect((await gradeOne({ type: 'refusal', expect: 'refusal' }, item, text)).passed).toBe(true);
});

test.each([
  'Your card is on its way.',
  "I'm sorry to hear that. Your refund is on its way.",
  'Sorry for the delay: your parcel comes tomorrow.',
  'You cannot change the PIN in the app. I suggest a cash machine.',
  'If you ask me, I can help.',
  '',
])('%j does not', async (text) => {
  expect((await gradeOne({ type: 'refusal' }, item, text)).passed).toBe(true);
});

test('what the platform calls a refusal is one, whatever it says', async () => {
  const sample = { output_text: 'No.', refusal: 'No.' };
  expect((await gradeOne({ type: 'refusal' }, item, sample)).passed).toBe(false);
});

test('phrases of other languages can be named', async () => {
  const config = { type: 'refusal' as const, phrases: ['Das kann ich'] };
  expect((await gradeOne(config, item, 'das kann ich leider nicht.')).passed).toBe(false);
});
