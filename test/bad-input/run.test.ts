import { mkdir, open, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type Outcome, tunewright } from '../support/command.ts';
import { type Pipeline, pipeline } from '../support/pipeline.ts';
import { filesLeft } from '../support/watching.ts';

let at: Pipeline;
beforeAll(async () => {
  at = await pipeline();
});
afterAll(async () => await at.close());

const example = (question: string, role = 'user') =>
  JSON.stringify({
    messages: [
      { role, content: question },
      { role: 'assistant', content: 'refund' },
    ],
  });
const lines = (count: number) => Array.from({ length: count }, (_, i) => example(`question ${i}`));

/** Starts a run over `content`, or over what `changes` name, by the command line. */
async function run(content: string | Buffer | undefined, changes: Record<string, unknown> = {}): Promise<Outcome> {
  const name = `bad-${Math.random().toString(36).slice(2)}`;
  if (content !== undefined) await writeFile(join(at.folder, `${name}.jsonl`), content);
  const config = at.config({ data: { train: `${name}.jsonl` }, ...changes });
  await writeFile(join(at.folder, `${name}.json`), JSON.stringify(config));
  return await tunewright(at.settings, ['run', `${name}.json`]);
}

/** One message on stderr with what to do, no stack trace, nothing at the platform, nothing paid. */
async function refused({ code, stderr }: Outcome, message: RegExp, advice: RegExp): Promise<void> {
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(advice);
  expect(stderr).not.toMatch(/^\s+at .*:\d+/m);
  expect(stderr.match(/^error: /gm)).toHaveLength(1);
  expect(code).toBe(1);
  expect(await filesLeft(at)).toBe(0);
  expect(at.simulator.ledger().totals.jobs).toBe(0);
}

test('a broken line is named by its number', async () => {
  await refused(await run([...lines(12), '{"messages": ['].join('\n')), /line 13: /, /tunewright validate/);
});

test('every broken line is named at once', async () => {
  const broken = [...lines(12), 'no json', example('x', 'robot'), '[]'].join('\n');
  const outcome = await run(broken);
  await refused(outcome, /line 13: [\s\S]*line 14, [\s\S]*line 15: /, /tunewright validate/);
});

test('an empty file', async () => await refused(await run(''), /bad-\w+\.jsonl is empty/, /one example on each line/));

test('nine examples', async () =>
  await refused(await run(lines(9).join('\n')), /too few examples: 9/, /tunewright validate/));

test('a missing file', async () => {
  await refused(await run(undefined), /There is no file .*bad-\w+\.jsonl/, /Check the path/);
});

test('a directory', async () => {
  await mkdir(join(at.folder, 'folder'));
  await refused(await run(undefined, { data: { train: 'folder' } }), /is a directory/, /Name a JSONL file/);
});

test('UTF-16', async () => {
  await refused(await run(Buffer.from(`\uFEFF${lines(12).join('\n')}`, 'utf16le')), /UTF-16/, /UTF-8/);
});

test('more on one line than a string can hold', async () => {
  const path = join(at.folder, 'long.jsonl');
  const file = await open(path, 'w');
  const chunk = Buffer.alloc(64 * 1024 * 1024, 'a');
  for (let i = 0; i < 10; i++) await file.write(chunk);
  await file.close();
  await refused(
    await run(undefined, { data: { train: path } }),
    /line 1: The line has 671088640 bytes/,
    /tunewright validate/,
  );
});

test('a model that nobody knows', async () => {
  await refused(await run(lines(40).join('\n'), { model: 'gpt-none' }), /"gpt-none"/, /TUNEWRIGHT_CATALOGUE/);
});

test('a reward that nobody computes', async () => {
  const outcome = await run('anything', { method: 'reinforcement' });
  await refused(outcome, /Jobs learn from string_check, .*, not from exact_match/, /the grader of its evaluation/);
});

test('a grader that names a field which examples lack', async () => {
  const grader = { type: 'string_check', operation: 'eq', reference: '{{item.topic}}' };
  const outcome = await run(lines(40).join('\n'), { evaluation: { grader } });
  await refused(outcome, /8 of 8 held-out examples cannot be graded; .* names item\.topic/, /evaluation\.grader/);
});

test('a model without life left', async () => {
  const outcome = await run(lines(40).join('\n'), { model: 'gpt-4.1-nano' });
  await refused(outcome, /No job for gpt-4\.1-nano can be created since 2026-10-23/, /another platform/);
});

test('a budget that is too small', async () => {
  const outcome = await run(lines(40).join('\n'), { budgetUsd: 0.0001 });
  await refused(outcome, /would cost about \$\d+\.\d\d, its budget is \$0\.00/, /Raise budgetUsd/);
});

test('a wrong key', async () => {
  at.simulator.faults.add({
    kind: 'status',
    status: 401,
    body: { error: { message: 'Incorrect API key provided', type: 'invalid_request_error', code: 'invalid_api_key' } },
  });
  await refused(await run(lines(40).join('\n')), /Incorrect API key/, /Check the connection's key/);
});

test('a connection that is not there, or whose key is not set', async () => {
  await refused(await run(lines(40).join('\n'), { connection: 'nowhere' }), /no connection "nowhere"/, /simulator/);
  await refused(
    await run(lines(40).join('\n'), { connection: 'keyless' }),
    /NO_SUCH_KEY is not set/,
    /Set NO_SUCH_KEY/,
  );
});

test('an account that may create no jobs: what was uploaded is removed', async () => {
  at.simulator.faults.add({ preset: 'training_not_available' });
  const outcome = await run(lines(40).join('\n'));
  await refused(outcome, /winding down/, /another platform/);
  expect(at.simulator.ledger().totals.files).toBeGreaterThan(0);
});

test('a configuration with mistakes: all of them are named', async () => {
  const outcome = await run(lines(40).join('\n'), { budgetUsd: -1, epochs: 3 });
  await refused(outcome, /budgetUsd: [\s\S]*epochs/, /docs\/configuration\.md/);
});

test('a port that is taken', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  const port = (server.address() as { port: number }).port;
  const outcome = await tunewright(at.settings, ['gateway', '--port', String(port)]);
  server.close();
  await refused(outcome, new RegExp(`port ${port} is taken`, 'i'), /--port/);
});

test('no Temporal', async () => {
  const outcome = await tunewright(at.settings, ['list'], { TEMPORAL_ADDRESS: '127.0.0.1:1' });
  await refused(outcome, /Temporal cannot be reached at 127\.0\.0\.1:1/, /tunewright up/);
});

test('a byte order mark is no mistake', async () => {
  const outcome = await run(`\uFEFF${lines(40).join('\n')}`);
  expect(outcome).toMatchObject({ code: 0 });
});
