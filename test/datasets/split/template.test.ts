import { gzipSync } from 'node:zlib';
import { folderStore } from '../../../src/artifacts/index.ts';
import { findAlike } from '../../../src/datasets/split/alike.ts';
import { splitDataset } from '../../../src/datasets/split/split.ts';
import { chat, jsonl, temporaryFolder } from '../support.ts';

const files = temporaryFolder();
const within = { method: 'supervised', within: true } as const;
const instruction =
  'You help the customers of a bank in three countries. Read what one of them asks below, whatever the language, and name the intent: activation, arrival, delay, decline, exchange, fee, refund, top-up or verification. Never give two of them, explain nothing, promise nothing, and do not mention other banks, their prices or people who work there. Where none of these fits, or where somebody is rude, answer with the word unknown.';
const closing = '\n\nThink step by step, and then name the intent.';

/** Each of other words. */
function question(n: number): string {
  const words = ['card', 'transfer', 'salary', 'wallet', 'passport', 'balance', 'cash', 'signature', 'rate', 'loan'];
  const of = (by: number) => words[Math.floor(n / by) % 10];
  return `${['Why', 'How', 'Since when'][n % 3]} is the ${of(1)} of my ${of(10)} not in ${of(3)} ${n * 7919}?`;
}

const framed = (n: number) => `${instruction}\n\nQuestion: ${question(n)}${closing}`;
const lines = (count: number, asked: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => chat(asked(n), `intent ${n % 7}`));

async function alike(name: string, content: string | Uint8Array, against?: string): Promise<string[]> {
  const train = against === undefined ? {} : { train: await files.write('train.jsonl', against) };
  const { problems } = await findAlike(await files.write(name, content), { ...within, ...train });
  return problems.map(({ code, message }) => `${code} ${/\(lines? ([^)]*)\)/.exec(message)?.[1]}`);
}

test('questions behind the same instructions are told apart by what stands between those', async () => {
  expect(await alike('framed.jsonl', jsonl(lines(60, framed)))).toEqual([]);
  const again = chat(framed(20).replace('?', '??'), 'intent 6');
  expect(await alike('again.jsonl', jsonl([...lines(60, framed), again]))).toEqual(['near_duplicates 61']);
  expect(await alike('framed.jsonl.gz', gzipSync(jsonl([...lines(60, framed), again])))).toEqual([
    'near_duplicates 61',
  ]);
});

test('a few questions may stand without them, the first ones too', async () => {
  const plain = [chat('Where is it?', 'x'), chat(question(3), 'x')];
  expect(await alike('few.jsonl', jsonl([...plain, ...lines(60, framed)]))).toEqual(['near_duplicates 6']);
});

test('what is nothing but the instructions is compared as a whole', async () => {
  const bare = ['?', '!?'].map((mark) => chat(`${instruction}\n\nQuestion: ${mark}${closing}`, 'x'));
  expect(await alike('bare.jsonl', jsonl([...lines(60, framed), ...bare]))).toEqual(['near_duplicates 62']);
});

test('too few questions, or questions of several instructions, are compared as wholes', async () => {
  const of = (name: string, count: number, asked: (n: number) => string) => alike(name, jsonl(lines(count, asked)));
  const worded = (n: number) => framed(n).replace(/\d+/, 'town');
  expect(await of('nine.jsonl', 9, worded)).toEqual(['near_duplicates 2, 3, 4, 5, 6, 7, 8, 9']);
  const each = (n: number) => (n % 2 ? worded(n) : `Sum it up: ${worded(n)}`.replaceAll('bank', 'shop'));
  expect(await of('two.jsonl', 12, each)).toEqual([expect.stringMatching(/^near_duplicates /)]);
});

test('a held-out question is leaked where its own words are, under whatever instructions', async () => {
  const train = jsonl(lines(60, framed));
  const held = lines(20, (n) => `Say what is meant, in a single word.\n\n${question(100 + n)}`);
  expect(await alike('held.jsonl', jsonl(held), train)).toEqual([]);
  const leaked = chat(`Say what is meant, in a single word.\n\n${question(20)}`, 'x');
  expect(await alike('leaked.jsonl', jsonl([...held, leaked]), train)).toEqual(['nearly_leaked_prompts 21']);
});

test('a held-out question is leaked where few of one file, or of the other, have the instructions', async () => {
  const leaked = chat(framed(20).replace('?', '??'), 'x');
  expect(await alike('short.jsonl', jsonl([leaked]), jsonl(lines(60, framed)))).toEqual(['nearly_leaked_prompts 1']);
  const others = lines(60, (n) => `Sum up what is said: ${question(n + 200)}`);
  const held = jsonl([...lines(40, framed).slice(21), leaked]);
  expect(await alike('long.jsonl', held, jsonl([...others, ...lines(21, framed)]))).toEqual([
    'nearly_leaked_prompts 20',
  ]);
});

test('questions behind the same instructions are held out by their share', async () => {
  const train = await files.write('split.jsonl', jsonl(lines(100, framed)));
  const sources = { train, shares: { validation: 0.1, test: 0.2 }, seed: 1 };
  const parts = await splitDataset(sources, folderStore(files.path('.')));
  expect([parts.train.examples, parts.validation?.examples, parts.test.examples]).toEqual([70, 10, 20]);
});

test('reading ends when it is called off', async () => {
  const path = await files.write('off.jsonl', jsonl(lines(60, framed)));
  await expect(findAlike(path, { ...within, signal: AbortSignal.abort() })).rejects.toThrow('aborted');
});
