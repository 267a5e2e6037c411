import type { FileToUpload, UploadState } from '../../../src/platforms/platform.ts';
import { type Bench, bench, connected, endpoint, examples, failureOf } from '../support.ts';

const parts = { method: 'POST', path: '/v1/uploads/*/parts' };
const partBytes = 1_000;
const content = examples(40);
const bytes = Buffer.byteLength(content);
const count = Math.ceil(bytes / partBytes);
const name = 'key-1-train.jsonl';

/** A platform where parts are small, so that a small file has some. */
const smallParts = async (parallelParts = 2): Promise<Bench> =>
  await bench({}, { catalogue: { limits: { fileBytes: 1_500, partBytes, parallelParts } } });

async function stored({ simulator }: Bench, id: string): Promise<string> {
  const answer = await fetch(`${simulator.url}/files/${id}/content`, { headers: { authorization: 'Bearer x' } });
  return await answer.text();
}

/** An upload that breaks off after some parts, with the state that a heartbeat would keep. */
async function brokenOff(at: Bench, local: FileToUpload, afterParts: number): Promise<UploadState> {
  const fault = at.simulator.faults.add({ kind: 'status', status: 500, ...parts, skip: afterParts, times: -1 });
  let kept: UploadState | undefined;
  const upload = at.platform.uploadFile(local, {
    onProgress: (_, state) => {
      kept = structuredClone(state);
    },
  });
  expect(await failureOf(upload)).toMatchObject({ code: 'platform_unavailable', retry: 'unsure' });
  at.simulator.faults.remove(fault);
  if (!kept) throw new Error('no state was told');
  return kept;
}

test('a large file is uploaded in parts, joined in order, with its progress', async () => {
  const at = await smallParts();
  const sent = at.count(parts.method, parts.path);
  const told: number[] = [];
  const file = await at.platform.uploadFile(await at.file(name, content), {
    onProgress: (done) => void told.push(done),
  });
  expect(file).toEqual({ id: expect.stringMatching(/^file-/), name, bytes });
  expect(await stored(at, file.id)).toBe(content);
  expect(sent()).toBe(count);
  expect(told[0]).toBe(0);
  expect(told).toEqual(told.toSorted((a, b) => a - b));
  expect(told.at(-1)).toBe(bytes);
  expect(at.simulator.ledger().totals).toMatchObject({ files: 1, uploads: 1 });
});

test('an upload that broke off is resumed with the missing parts only', async () => {
  const at = await smallParts(1);
  const local = await at.file(name, content);
  const kept = await brokenOff(at, local, 2);
  expect(kept.partIds.map((id) => id !== null)).toEqual([true, true, ...Array(count - 2).fill(false)]);
  const sent = at.count(parts.method, parts.path);
  const told: number[] = [];
  const file = await at.platform.uploadFile(local, { resume: kept, onProgress: (done) => void told.push(done) });
  expect(sent()).toBe(count - 2);
  expect(told[0]).toBe(2 * partBytes);
  expect(await stored(at, file.id)).toBe(content);
  expect(at.simulator.ledger().totals).toMatchObject({ files: 1, uploads: 1 });
});

/** What happens to an upload before it is resumed, and how many requests it takes to see that it is of no use. */
test.each([
  ['has expired', 1, async ({ simulator }: Bench) => simulator.advanceClock(3_600_000)],
  [
    'was cancelled',
    1,
    async ({ simulator }: Bench, { uploadId }: UploadState) =>
      void (await fetch(`${simulator.url}/uploads/${uploadId}/cancel`, {
        method: 'POST',
        headers: { authorization: 'Bearer x' },
      })),
  ],
  [
    'is not known',
    1,
    async (_: Bench, state: UploadState) => {
      state.uploadId = 'upload_gone';
    },
  ],
  ['was made with parts of another size', 0, async (_: Bench, state: UploadState) => void state.partIds.push(null)],
])('an upload that %s is begun anew', async (_, inVain, spoil) => {
  const at = await smallParts(1);
  const local = await at.file(name, content);
  const kept = await brokenOff(at, local, 2);
  await spoil(at, kept);
  const sent = at.count(parts.method, parts.path);
  const file = await at.platform.uploadFile(local, { resume: kept });
  expect(await stored(at, file.id)).toBe(content);
  expect(at.simulator.ledger().totals).toMatchObject({ files: 1, uploads: 2 });
  expect(sent()).toBe(inVain + count);
});

test('after a part has failed nothing more is sent', async () => {
  const at = await smallParts(2);
  at.simulator.faults.add({ kind: 'status', status: 500, ...parts });
  const sent = at.count(parts.method, parts.path);
  await failureOf(at.platform.uploadFile(await at.file(name, content), {}));
  const then = sent();
  expect(then).toBeLessThanOrEqual(3);
  expect(count).toBeGreaterThan(4);
  await at.platform.findFiles('');
  expect(sent()).toBe(then);
});

test('a key that is refused while an upload is resumed does not begin another one', async () => {
  const at = await smallParts(1);
  const local = await at.file(name, content);
  const kept = await brokenOff(at, local, 1);
  at.simulator.faults.add({ kind: 'status', status: 401, body: { error: { message: 'no' } }, ...parts });
  const upload = at.platform.uploadFile(local, { resume: kept });
  expect(await failureOf(upload)).toMatchObject({ code: 'wrong_key' });
  expect(at.simulator.ledger().totals.uploads).toBe(1);
});

test('a completed upload whose answer names no file is looked up, not done again', async () => {
  const at = await smallParts();
  const local = await at.file(name, content);
  const { url } = await endpoint(({ url }) => ({
    id: url.endsWith('parts') ? 'part_1' : 'upload_1',
    status: 'completed',
  }));
  const platform = connected(url, { catalogue: { limits: { fileBytes: 1_500, partBytes, parallelParts: 2 } } });
  expect(await failureOf(platform.uploadFile(local, {}))).toMatchObject({
    code: 'bad_answer',
    message: 'The upload upload_1 was completed but names no file.',
    retry: 'unsure',
  });
});
