import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Pipeline, pipeline } from '../support/pipeline.ts';
import { failureOf, filesLeft } from '../support/watching.ts';

const uploadBytes = 4000;
let at: Pipeline;
beforeAll(async () => {
  at = await pipeline({}, {}, ({ catalogue, ...usual }) => ({
    ...usual,
    catalogue: { ...catalogue, limits: { ...catalogue.limits, uploadBytes } },
  }));
});
afterAll(async () => await at.close());

/** About 100 bytes an example. */
async function examples(name: string, count: number): Promise<string> {
  const line = (number: number) =>
    JSON.stringify({
      messages: [
        { role: 'user', content: `Question ${number} of ${name}, about ${number * 7919} things` },
        { role: 'assistant', content: 'refund' },
      ],
    });
  await writeFile(join(at.folder, name), Array.from({ length: count }, (_, number) => `${line(number)}\n`).join(''));
  return name;
}

async function refused(data: { train: string; validation?: string; test?: string }): Promise<unknown> {
  const failure = await failureOf(await at.client.start(at.config({ name: data.train, data })));
  expect(await filesLeft(at)).toBe(0);
  expect(at.simulator.ledger().totals.jobs).toBe(0);
  return failure;
}

test('a file that the platform would not take is told with the other problems, before anything is uploaded', async () => {
  const [train, validation, test] = [await examples('train', 60), await examples('v', 12), await examples('t', 12)];
  expect(await refused({ train, validation, test })).toMatchObject({
    code: 'invalid_data',
    message: expect.stringMatching(/and the platform takes 4,000 at most\. .*\[file_too_large\]/),
  });
});

test('of a file from which examples are set aside, what is left counts', async () => {
  expect(await refused({ train: await examples('divided', 60) })).toMatchObject({
    code: 'too_large',
    message: expect.stringMatching(/^The train file has \d,\d{3} bytes, and the platform takes 4,000 at most\.$/),
  });
});
