import { bench, refusal } from './support.ts';

const model = 'text-embedding-3-large';

test('texts that share words point the same way, in either encoding', async () => {
  const { client, sim, http } = await bench();
  const input = ['where is my parcel', 'my parcel, where is it?', 'reset the password'];
  const { data, usage } = await client.embeddings.create({ model, input, encoding_format: 'float' });
  const [one = [], near = [], far = []] = data.map(({ embedding }) => embedding);
  const cosine = (left: number[], right: number[]) =>
    left.reduce((sum, value, at) => sum + value * (right[at] ?? 0), 0);
  expect(cosine(one, one)).toBeCloseTo(1, 5);
  expect(cosine(one, near)).toBeGreaterThan(cosine(one, far) + 0.2);

  const body = { model, input: input[1], encoding_format: 'base64', dimensions: 256 };
  const { json } = await http('POST', '/v1/embeddings', body, { authorization: 'Bearer k' });
  const bytes = Buffer.from((json as { data: { embedding: string }[] }).data[0]?.embedding ?? '', 'base64');
  expect(near).toEqual(near.map((_, at) => expect.closeTo(bytes.readFloatLE(4 * at), 6)));

  expect(usage).toEqual({ prompt_tokens: 14, total_tokens: 14 });
  expect(sim.ledger().chat[model]).toMatchObject({ requests: 2, promptTokens: 21, completionTokens: 0 });
  expect(sim.ledger().chat[model]?.dollars).toBeCloseTo((21 * 0.13) / 1_000_000, 12);
});

test('what cannot be embedded is refused', async () => {
  const { client } = await bench();
  const create = (input: string | string[], name = model) =>
    client.embeddings.create({ model: name, input, encoding_format: 'float' });
  expect(await refusal(create(''))).toMatchObject({ status: 400, param: 'input' });
  expect(await refusal(create([]))).toMatchObject({ status: 400, param: 'input' });
  expect(await refusal(create('a', 'stand-in-mini'))).toMatchObject({ status: 400, param: 'model' });
  expect(await refusal(create('a', 'none'))).toMatchObject({ status: 404 });
  const chat = client.chat.completions.create({ model, messages: [{ role: 'user', content: 'hello' }] });
  expect(await refusal(chat)).toMatchObject({ status: 400, param: 'model' });
});
