import { bench, connected, endpoint, failureOf } from '../support.ts';

const model = 'text-embedding-3-large';

test('texts become vectors in their order, and tokens are counted', async () => {
  const { platform } = await bench();
  const embedded = await platform.embed?.({ model, texts: ['where is my parcel', 'reset'] });
  expect(embedded?.vectors.map((vector) => vector.length)).toEqual([256, 256]);
  expect(embedded?.inputTokens).toBeGreaterThan(4);
});

test('an answer in another order is put right; one that leaves a text out is none', async () => {
  const data = [
    { index: 1, embedding: [2], object: 'embedding' },
    { index: 0, embedding: [1], object: 'embedding' },
  ];
  const { url, requests } = await endpoint(() => ({ object: 'list', data, model, usage: { prompt_tokens: 5 } }));
  const platform = connected(url);
  expect(await platform.embed?.({ model, texts: ['a', 'b'] })).toEqual({ vectors: [[1], [2]], inputTokens: 5 });
  expect(JSON.parse(requests[0]?.body ?? '')).toEqual({ model, input: ['a', 'b'], encoding_format: 'float' });
  expect(await failureOf(platform.embed?.({ model, texts: ['a', 'b', 'c'] }) ?? Promise.resolve())).toMatchObject({
    code: 'bad_answer',
    retry: 'unsure',
  });
});
