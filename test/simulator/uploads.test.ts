import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type OpenAI from 'openai';
import { toFile } from 'openai';
import { bench, chatLines, refusal } from './support.ts';

const text = chatLines(30);
const whole = Buffer.from(text);
const halves = [whole.subarray(0, 1000), whole.subarray(1000)] as const;

async function begin(client: OpenAI, bytes = whole.length) {
  return client.uploads.create({
    filename: 'train.jsonl',
    purpose: 'fine-tune',
    bytes,
    mime_type: 'application/jsonl',
  });
}

async function addPart(client: OpenAI, id: string, data: Buffer) {
  return client.uploads.parts.create(id, { data: await toFile(data, 'part') });
}

describe('uploads', () => {
  test('parts added in any order make one file in the order asked for', async () => {
    const { client, dataDir, sim } = await bench();
    const upload = await begin(client);
    expect(upload).toMatchObject({ status: 'pending', bytes: whole.length, expires_at: upload.created_at + 3600 });
    const [second, first] = [await addPart(client, upload.id, halves[1]), await addPart(client, upload.id, halves[0])];
    const md5 = createHash('md5').update(whole).digest('hex');
    const done = await client.uploads.complete(upload.id, { part_ids: [first.id, second.id], md5 });
    expect(done.status).toBe('completed');
    expect(await (await client.files.content(String(done.file?.id))).text()).toBe(text);
    expect(await readdir(join(dataDir, 'files'))).toEqual([done.file?.id]);
    expect(sim.ledger().totals).toMatchObject({ files: 1, uploads: 1 });

    const again = client.uploads.complete(upload.id, { part_ids: [first.id, second.id] });
    expect((await refusal(again)).status).toBe(400);
    expect((await refusal(addPart(client, upload.id, halves[0]))).status).toBe(400);
    expect(sim.ledger().totals.files).toBe(1);
  });

  test('wrong md5, missing parts, foreign parts and wrong sizes are refused; the upload stays usable', async () => {
    const { client, dataDir } = await bench();
    const upload = await begin(client);
    const other = await begin(client);
    const parts = [await addPart(client, upload.id, halves[0]), await addPart(client, upload.id, halves[1])];
    const foreign = await addPart(client, other.id, halves[1]);
    const part_ids = parts.map((part) => part.id);
    const complete = (body: OpenAI.Uploads.UploadCompleteParams) => client.uploads.complete(upload.id, body);
    expect(await refusal(complete({ part_ids, md5: '0'.repeat(32) }))).toMatchObject({ param: 'md5' });
    expect(await refusal(complete({ part_ids: part_ids.slice(0, 1) }))).toMatchObject({ param: 'part_ids' });
    expect(await refusal(complete({ part_ids: [] }))).toMatchObject({ param: 'part_ids' });
    expect(await refusal(complete({ part_ids: [String(part_ids[0]), foreign.id] }))).toMatchObject({
      param: 'part_ids',
    });
    expect((await complete({ part_ids })).status).toBe('completed');
    expect(await readdir(join(dataDir, 'files'))).toHaveLength(2);
  });

  test('a part over the limit is refused and leaves nothing behind', async () => {
    const { client, dataDir } = await bench({ maxPartBytes: 500 });
    const upload = await begin(client);
    expect((await refusal(addPart(client, upload.id, halves[0]))).status).toBe(413);
    expect(await readdir(join(dataDir, 'files'))).toEqual([]);
  });

  test('an upload can be cancelled, which removes its parts, and expires after an hour', async () => {
    const { client, dataDir, sim } = await bench();
    const upload = await begin(client);
    await addPart(client, upload.id, halves[0]);
    expect((await client.uploads.cancel(upload.id)).status).toBe('cancelled');
    expect(await readdir(join(dataDir, 'files'))).toEqual([]);

    const late = await begin(client);
    sim.advanceClock(3_600_000);
    const error = await refusal(addPart(client, late.id, halves[0]));
    expect(error.message).toContain('is expired');
  });

  test('what is no sound upload is refused', async () => {
    const { client, sim } = await bench();
    expect((await refusal(begin(client, 9 * 1024 ** 3))).param).toBe('bytes');
    const purpose = 'nonsense' as 'batch';
    const odd = client.uploads.create({ filename: 'a', purpose, bytes: 1, mime_type: 'text/plain' });
    expect((await refusal(odd)).param).toBe('purpose');
    expect((await refusal(client.uploads.cancel('upload_none'))).status).toBe(404);
    expect(sim.ledger().totals.uploads).toBe(0);
  });
});
