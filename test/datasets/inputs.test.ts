import { apartFrom, type Input, readInputs } from '../../src/datasets/index.ts';

const user = (content: string) => ({ role: 'user', content });
const answer = { role: 'assistant', content: 'shipping' };

async function read(...values: object[]): Promise<Input[]> {
  async function* bytes() {
    for (const value of values) yield Buffer.from(`${JSON.stringify(value)}\n`);
  }
  const inputs: Input[] = [];
  for await (const input of readInputs(bytes(), 'o200k_base')) inputs.push(input);
  return inputs;
}

test('a last answer is dropped, and a line without one is asked as it is', async () => {
  const [answered, asked] = await read(
    { messages: [user('where is it?'), answer] },
    { messages: [user('where is it?')] },
  );
  expect(answered).toMatchObject({ messages: [user('where is it?')], answerTokens: 1 });
  expect(asked?.messages).toEqual([user('where is it?')]);
  expect(asked).not.toHaveProperty('answerTokens');
  expect(asked).toMatchObject({ key: answered?.key, tokens: answered?.tokens });
});

test('a line that cannot be asked is named', async () => {
  await expect(read({ messages: [user('a')] }, { prompt: 'b', completion: 'c' })).rejects.toMatchObject({
    code: 'invalid_data',
    message: expect.stringContaining('line 2'),
  });
});

test('inputs are told from held-out examples by what stands between the instructions of all', async () => {
  const instruction =
    'Answer the question of a customer in one short sentence, and never promise that anything is paid back.';
  const of = (word: string) => ({ messages: [user(`${instruction}\n\nWhere do I find the ${word} that I was sent?`)] });
  const [bills, goods] = [
    ['invoice', 'receipt', 'voucher', 'contract', 'statement'],
    ['kettle', 'bicycle', 'lamp'],
  ];
  const inputs = await read(...[...bills, ...goods].map(of), of('invoice!'));
  const apart = apartFrom(await read(of('invoice'), of('passport')), inputs);
  expect(apart).toMatchObject({ heldOut: 2, inputs: { length: 7 } });
});

test('what held-out examples ask, exactly or nearly, is left out, and each question is asked once', async () => {
  const long = 'when will the blue bicycle that I ordered three weeks ago in your shop be delivered to my house';
  const held = await read({ messages: [user(long), answer] }, { messages: [user('short'), answer] });
  const inputs = await read(
    { messages: [user(`${long}?`)] },
    { messages: [user('short'), answer] },
    { messages: [user('how do I pay')] },
    { messages: [user('how do I pay'), answer] },
  );
  const apart = apartFrom(held, inputs);
  expect(apart.inputs.map(({ messages }) => messages[0]?.content)).toEqual(['how do I pay']);
  expect(apart).toMatchObject({ heldOut: 2, repeated: 1 });
});
