import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { settings, type } from './world.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tunewright-cli-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

const line = (role: string) =>
  `${JSON.stringify({
    messages: [
      { role: 'user', content: 'a' },
      { role, content: 'b' },
    ],
  })}\n`;
const connections = { mine: { platform: 'openai', apiKeyEnv: 'MY_KEY' } };
const keyed = { loadSettings: async () => settings({ connections, env: { MY_KEY: 'k' } }) };
const keyless = { loadSettings: async () => settings({ connections }) };

test('a good file is valid', async () => {
  await writeFile(join(directory, 'good.jsonl'), line('assistant').repeat(10));
  const { code, stdout, stderr } = await type(['validate', 'good.jsonl'], { directory, ...keyed });
  expect(stdout).toMatch(/: warning: There are 10 examples: .* \[few_examples\]$/m);
  expect(stdout).toContain('valid: 0 errors, 5 warnings\n');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

test('every problem is told with its line, and the code is 1', async () => {
  await writeFile(join(directory, 'bad.jsonl'), `${line('assistant')}{\n${line('robot')}`);
  const { code, stdout } = await type(['validate', 'bad.jsonl'], { directory, ...keyed });
  expect(code).toBe(1);
  expect(stdout).toMatch(/^bad\.jsonl:2: error: .* \[invalid_json\]$/m);
  expect(stdout).toMatch(/^bad\.jsonl:3: error: messages\[1\]\.role: .* \[unrecognized_role\]$/m);
  expect(stdout).toMatch(/^bad\.jsonl: error: .* \[too_few_examples\]$/m);
  const json = JSON.parse((await type(['validate', 'bad.jsonl', '--json'], { directory, ...keyed })).stdout);
  expect(json).toMatchObject({ file: join(directory, 'bad.jsonl'), limits: { minimumExamples: 10 } });
  expect(json.problems).toHaveLength(json.errors + json.warnings);
});

test('the tokens of each example are written where they are asked for, in their order; of wrong ones there are none', async () => {
  const long = line('assistant').replace('"b"', '"one two three"');
  await writeFile(join(directory, 'good.jsonl'), `${line('assistant').repeat(10)}${line('robot')}${long}`);
  const argv = ['validate', 'good.jsonl', '--counts', 'counts.jsonl'];
  expect((await type(argv, { directory, ...keyed })).code).toBe(1);
  const counts = (await readFile(join(directory, 'counts.jsonl'), 'utf8')).trim().split('\n');
  expect(counts).toHaveLength(11);
  const [first, last] = [counts[0], counts[10]].map((text) => JSON.parse(text ?? ''));
  expect(first).toEqual({ line: 1, tokens: expect.any(Number), answerTokens: 1 });
  expect(last).toEqual({ line: 12, tokens: first.tokens + 2, answerTokens: 3 });
  const again = await type(argv, { directory, ...keyed });
  expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('--force') });
  expect((await readdir(directory)).sort()).toEqual(['counts.jsonl', 'good.jsonl']);
});

test('a model brings its limits', async () => {
  await writeFile(join(directory, 'good.jsonl'), line('assistant').repeat(10));
  const argv = ['validate', 'good.jsonl', '--model', 'gpt-4.1-mini-2025-04-14', '--json'];
  const { limits } = JSON.parse((await type(argv, { directory, ...keyed })).stdout);
  expect(limits).toEqual({
    minimumExamples: 10,
    maximumBytes: 8 * 1024 ** 3,
    images: { perExample: 10, bytes: 10_000_000, types: ['jpeg', 'png', 'webp'], examples: 50_000 },
    maxTokensPerExample: expect.any(Number),
    encoding: 'o200k_base',
  });
});

test('a file larger than the platform takes is an error, before any upload; a compressed one is what it holds', async () => {
  const limited = { mine: { ...connections.mine, catalogue: { limits: { uploadBytes: 1000 } } } };
  const small = { loadSettings: async () => settings({ connections: limited, env: { MY_KEY: 'k' } }) };
  await writeFile(join(directory, 'large.jsonl'), line('assistant').repeat(50));
  await writeFile(join(directory, 'large.jsonl.zst'), zstdCompressSync(line('assistant').repeat(50)));
  for (const file of ['large.jsonl', 'large.jsonl.zst']) {
    const { code, stdout } = await type(['validate', file], { directory, ...small });
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /: error: The file has [\d,]{5} bytes, and the platform takes 1,000 at most.* \[file_too_large\]$/m,
    );
  }
});

test('limits and prices need no key', async () => {
  await writeFile(join(directory, 'few.jsonl'), line('assistant'));
  for (const named of [[], ['--connection', 'mine'], ['--model', 'gpt-4.1-mini-2025-04-14']]) {
    const { code, stdout, stderr } = await type(['validate', 'few.jsonl', ...named], { directory, ...keyless });
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(/ \[too_few_examples\]$/m);
    expect(stdout).toMatch(/^gpt-4\.1-mini-2025-04-14 .*\$/m);
  }
});

test('without a name the limits are those of a connection that has its key', async () => {
  const strict = { platform: 'openai', apiKeyEnv: 'OTHER_KEY', catalogue: { limits: { minimumExamples: 12 } } };
  const loadSettings = async () => settings({ connections: { ...connections, strict }, env: { OTHER_KEY: 'k' } });
  await writeFile(join(directory, 'few.jsonl'), line('assistant'));
  const { stdout } = await type(['validate', 'few.jsonl', '--json'], { directory, loadSettings });
  expect(JSON.parse(stdout).limits).toMatchObject({ minimumExamples: 12 });
});

test('a model that no catalogue has is told, with or without a connection', async () => {
  await writeFile(join(directory, 'few.jsonl'), line('assistant'));
  const of = async (...more: string[]) =>
    await type(['validate', 'few.jsonl', '--model', 'gpt-none', ...more], { directory, ...keyed });
  expect(await of()).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('The model gpt-none stands in no catalogue'),
  });
  const named = await of('--connection', 'mine');
  expect(named).toMatchObject({ code: 1, stderr: expect.stringContaining('gpt-none') });
  expect(named.stdout).toContain('[too_few_examples]');
});

test('errors that can be mended bring up --fix, and no others', async () => {
  await writeFile(join(directory, 'roles.jsonl'), line('assistant').repeat(10) + line('gpt'));
  const of = async (...more: string[]) =>
    (await type(['validate', 'roles.jsonl', ...more], { directory, ...keyed })).stderr;
  expect(await of()).toContain('--fix OUT');
  expect(await of('--fix', 'mended.jsonl')).not.toContain('--fix OUT');
  await writeFile(join(directory, 'roles.jsonl'), `${line('assistant').repeat(10)}{}`);
  expect(await of()).toBe('');
  const comma = `${line('assistant').trim()},\n${line('assistant').replace('messages', 'Messages')}{'a': 1}\n`;
  await writeFile(join(directory, 'comma.jsonl'), line('assistant').repeat(10) + comma);
  const { stdout } = await type(['validate', 'comma.jsonl'], { directory, ...keyed });
  const hints = stdout.split('\n').filter((told) => told.includes('--fix OUT'));
  expect(hints.map((told) => told.slice(0, 14))).toEqual(['comma.jsonl:11', 'comma.jsonl:12']);
});

test('an address is no file, and says what to do', async () => {
  const typed = await type(['validate', 's3://bucket/train.jsonl'], { directory, ...keyed });
  expect(typed).toMatchObject({ code: 1, stderr: expect.stringContaining('Fetch it first') });
});

test('a file that is not there, or is a folder', async () => {
  const code = async (file: string) =>
    JSON.parse((await type(['validate', file, '--json'], { directory, ...keyed })).stdout).error.code;
  expect(await code('none.jsonl')).toBe('source_missing');
  expect(await code('.')).toBe('source_unreadable');
});

test.each([
  ['the training file', ['--against', 'train.jsonl', '--counts', 'train.jsonl']],
  ['the file itself, of which a mended copy is made', ['--fix', 'out.jsonl', '--counts', 'good.jsonl']],
  ['the mended copy', ['--fix', 'out.jsonl', '--counts', 'out.jsonl']],
  ['what was changed in it', ['--fix', 'out.jsonl', '--counts', 'out.jsonl.diff']],
  ['the grader', ['--grader', 'grader.json', '--counts', 'grader.json']],
  ['the grader by a mended copy', ['--grader', 'grader.json', '--fix', 'grader.json']],
])('counts are not written over %s', async (_, options) => {
  const grader = JSON.stringify({ type: 'exact_match' });
  const mendable = `${line('assistant').repeat(10)}${line('assistant').trim()},\n`;
  const there = { 'good.jsonl': mendable, 'train.jsonl': line('assistant'), 'grader.json': grader };
  for (const [name, text] of Object.entries(there)) await writeFile(join(directory, name), text);
  const { code, stderr } = await type(['validate', 'good.jsonl', ...options, '--force'], { directory, ...keyed });
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('is an input too') });
  for (const [name, text] of Object.entries(there)) expect(await readFile(join(directory, name), 'utf8')).toBe(text);
});

test('counts that are broken off leave nothing behind', async () => {
  await writeFile(join(directory, 'good.jsonl'), line('assistant').repeat(10));
  const interrupts = () => AbortSignal.abort('SIGINT');
  const argv = ['validate', 'good.jsonl', '--counts', 'counts.jsonl'];
  expect(await type(argv, { directory, ...keyed, interrupts })).toMatchObject({
    code: 130,
    stderr: 'Broken off; not written: counts.jsonl.\n',
  });
  expect(await readdir(directory)).toEqual(['good.jsonl']);
});

test.each([
  ['late', 'takes no new jobs since 2020-01-01'],
  ['chosen', 'is not trained by the method supervised, only by dpo'],
  ['asked', 'cannot be trained'],
])('of a model that a run could not train it is told why: %s', async (model, why) => {
  const entry = { trainingContextTokens: 1000, encoding: 'o200k_base', methods: ['supervised'] };
  const models = [
    { ...entry, id: 'late', lastJobDate: '2020-01-01' },
    { ...entry, id: 'chosen', methods: ['dpo'] },
    { ...entry, id: 'asked', methods: [] },
  ];
  const mine = { platform: 'openai', apiKeyEnv: 'MY_KEY', catalogue: { models } };
  const loadSettings = async () => settings({ connections: { mine }, env: { MY_KEY: 'k' } });
  await writeFile(join(directory, 'good.jsonl'), line('assistant').repeat(10));
  const argv = ['validate', 'good.jsonl', '--connection', 'mine', '--model', model];
  expect((await type(argv, { directory, loadSettings })).stderr).toContain(`The model ${model} ${why}`);
});

test('problems become annotations of a pull request', async () => {
  await writeFile(join(directory, 'a,b.jsonl'), `${line('assistant').repeat(10)}{\n`);
  const { code, stdout } = await type(['validate', 'a,b.jsonl', '--format', 'github'], { directory, ...keyed });
  expect(code).toBe(1);
  expect(stdout).toMatch(/^::error file=a%2Cb\.jsonl,line=11,title=invalid_json::.+$/m);
  expect(stdout).toMatch(/^::warning file=a%2Cb\.jsonl,line=1,title=missing_system_message::messages: .+$/m);
  expect(stdout.trimEnd().split('\n')).toHaveLength(6);
});

test('problems become a SARIF log', async () => {
  await writeFile(join(directory, 'a b.jsonl'), `${line('assistant').repeat(10)}${line('robot')}`);
  const { code, stdout } = await type(['validate', 'a b.jsonl', '--format', 'sarif'], { directory, ...keyed });
  expect(code).toBe(1);
  const { version, runs } = JSON.parse(stdout);
  expect(version).toBe('2.1.0');
  const [{ tool, results }] = runs;
  const rules = tool.driver.rules.map(({ id }: { id: string }) => id);
  expect(rules).toContain('unrecognized_role');
  // What GitHub's code scanning asks for.
  const text = expect.stringMatching(/\w/);
  for (const rule of tool.driver.rules) {
    expect(rule).toMatchObject({ shortDescription: { text }, fullDescription: { text }, help: { text } });
  }
  for (const { locations } of results) {
    expect(locations[0].physicalLocation.region.startLine).toBeGreaterThan(0);
  }
  const placesOf = (rule: string) =>
    results
      .filter(({ ruleId }: { ruleId: string }) => ruleId === rule)
      .map(({ locations }: (typeof results)[number]) => locations[0].physicalLocation.region.startLine);
  expect(placesOf('missing_system_message')).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(results).toContainEqual({
    ruleId: 'unrecognized_role',
    ruleIndex: rules.indexOf('unrecognized_role'),
    level: 'error',
    message: { text: expect.any(String) },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: 'a%20b.jsonl' }, region: { startLine: 11 } },
        logicalLocations: [{ fullyQualifiedName: 'messages[1].role' }],
      },
    ],
  });
});

test('of a SARIF log GitHub shows 5,000 results: every problem stands before the further places of any', async () => {
  const lines = Array.from({ length: 6_000 }, (_, at) => line('assistant').replace('"a"', `"question ${at}"`));
  await writeFile(join(directory, 'many.jsonl'), `${lines.join('')}${line('robot')}`);
  const { stdout } = await type(['validate', 'many.jsonl', '--format', 'sarif'], { directory, ...keyed });
  const [{ results }] = JSON.parse(stdout).runs;
  expect(results).toHaveLength(5_000);
  expect(results.map(({ ruleId }: { ruleId: string }) => ruleId)).toContain('unrecognized_role');
});

test('a held-out file is set against the training file', async () => {
  const asking = (content: string) =>
    `${JSON.stringify({
      messages: [
        { role: 'user', content },
        { role: 'assistant', content: 'b' },
      ],
    })}\n`;
  const question = (i: number) =>
    `${['Could', 'Can', 'Will'][i % 3]} you tell me the way to house number ${i * 7919} in town?`;
  const numbers = Array.from({ length: 20 }, (_, i) => i);
  await writeFile(join(directory, 'train.jsonl'), numbers.map((i) => asking(question(i))).join(''));
  const held = [asking('Something else'), asking(question(3)), asking(`${question(4)} Thanks`), asking('Hello there')];
  await writeFile(join(directory, 'test.jsonl'), held.join(''));
  const argv = ['validate', 'test.jsonl', '--against', 'train.jsonl'];
  const { code, stdout } = await type(argv, { directory, ...keyless });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^test\.jsonl: warning: 1 of 4 .*\(line 2\).*\[leaked_prompts\]$/m);
  expect(stdout).toMatch(/^test\.jsonl: warning: 1 of 4 .*\(line 3\).*\[nearly_leaked_prompts\]$/m);
  // Fewer than are trained on, and nothing to be paid.
  expect(stdout).not.toMatch(/too_few_examples|\$/);
  const missing = await type(['validate', 'test.jsonl', '--against', 'none.jsonl'], { directory, ...keyless });
  expect(missing.code).toBe(1);
  expect(missing.stderr).toContain('none.jsonl');
});

test('a file of pairs is told by its first line, and checked as one of pairs', async () => {
  const answer = (content: string) => [{ role: 'assistant', content }];
  const input = { messages: [{ role: 'user', content: 'a' }] };
  const pair = JSON.stringify({ input, preferred_output: answer('b'), non_preferred_output: answer('c') });
  await writeFile(join(directory, 'pairs.jsonl'), `${pair}\n`.repeat(10));
  const { code, stdout } = await type(['validate', 'pairs.jsonl'], { directory, ...keyed });
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('10 pairs, ') });
  const supervised = await type(['validate', 'pairs.jsonl', '--method', 'supervised'], { directory, ...keyed });
  expect(supervised).toMatchObject({ code: 1, stdout: expect.stringContaining('[wrong_format]') });
});

test('questions for reinforcement are told by the first line, counted and set against the limits and a grader', async () => {
  const item = (number: number) => {
    const messages = [{ role: 'user', content: `What is ${number} and ${number}?` }];
    return `${JSON.stringify({ messages, reference_answer: `${2 * number}` })}\n`;
  };
  const content = Array.from({ length: 12 }, (_, number) => item(number)).join('');
  await writeFile(join(directory, 'questions.jsonl.zst'), zstdCompressSync(content));
  const good = await type(['validate', 'questions.jsonl.zst'], { directory, ...keyed });
  expect(good).toMatchObject({ code: 0, stdout: expect.stringMatching(/^12 questions, /m) });
  const limits = { mostExamples: { reinforcement: { training: 20, validation: 11 } } };
  const limited = { mine: { ...connections.mine, catalogue: { limits } } };
  const few = { loadSettings: async () => settings({ connections: limited, env: { MY_KEY: 'k' } }) };
  expect((await type(['validate', 'questions.jsonl.zst'], { directory, ...few })).code).toBe(0);
  const held = ['validate', 'questions.jsonl.zst', '--against', 'questions.jsonl.zst'];
  expect(await type(held, { directory, ...few })).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('12, and the platform takes 11 at most'),
  });
  const grader =
    'evaluation: { grader: { type: string_check, operation: eq, reference: "{{item.reference_anwser}}" } }';
  await writeFile(join(directory, 'run.yaml'), grader);
  const graded = await type(['validate', 'questions.jsonl.zst', '--grader', 'run.yaml'], { directory, ...keyed });
  expect(graded.stdout).toMatch(/error: reference_anwser: .* 12 examples lack .*\[grader_field_missing\]$/m);
  // A run may be rewarded by another grader than it is evaluated by.
  const reward = 'reward: { type: string_check, operation: eq, reference: "{{item.topik}}" }';
  await writeFile(join(directory, 'rewarded.yaml'), reward);
  const rewarded = await type(['validate', 'questions.jsonl.zst', '--grader', 'rewarded.yaml'], {
    directory,
    ...keyed,
  });
  expect(rewarded.stdout).toMatch(/error: topik: .* 12 examples lack/m);
  const none = await type(['validate', 'questions.jsonl.zst', '--grader', 'none.yaml'], { directory, ...keyed });
  expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining('none.yaml') });
});

test('--fix writes a mended copy, tells what was mended, and goes on with the copy', async () => {
  const bad = line('assistant').replace('"role":"user"', '"id":7,"role":"user"');
  await writeFile(join(directory, 'bad.jsonl'), bad.repeat(12));
  const { code, stdout } = await type(['validate', 'bad.jsonl', '--fix', 'good.jsonl'], { directory, ...keyed });
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^good\.jsonl: 12 lines mended \(message_unrecognized_key 12\); good\.jsonl\.diff tells each change$/m,
  );
  expect(await readFile(join(directory, 'good.jsonl'), 'utf8')).toBe(line('assistant').repeat(12));
  expect(await readFile(join(directory, 'bad.jsonl'), 'utf8')).toBe(bad.repeat(12));
  const again = await type(['validate', 'good.jsonl', '--fix', 'same.jsonl', '--json'], { directory, ...keyed });
  expect(JSON.parse(again.stdout)).toMatchObject({
    file: join(directory, 'same.jsonl'),
    fixed: { lines: 0, codes: {}, left: 0 },
  });
  expect(await readdir(directory)).not.toContain('same.jsonl.diff');
  const twice = await type(['validate', 'bad.jsonl', '--fix', 'good.jsonl'], { directory, ...keyed });
  expect(twice.stderr).toContain('good.jsonl is there already.');
  const forced = await type(['validate', 'bad.jsonl', '--fix', 'good.jsonl', '--force'], { directory, ...keyed });
  expect(forced.code).toBe(0);
});

test('--fix tells how many lines it left since they would not stay the same', async () => {
  const long = line('assistant').replace('"role":"user"', '"id":12345678901234567890,"role":"user"');
  await writeFile(join(directory, 'long.jsonl'), long.repeat(2));
  const { code, stdout } = await type(['validate', 'long.jsonl', '--fix', 'left.jsonl'], { directory, ...keyed });
  expect(code).toBe(1);
  expect(stdout).toMatch(
    /^left\.jsonl: a copy; no line was mended; 2 lines left, with keys that stand twice or numbers of too many digits$/m,
  );
  expect(await readFile(join(directory, 'left.jsonl'), 'utf8')).toBe(long.repeat(2));
});

test('--fix does not write over the file that is compared with', async () => {
  await writeFile(join(directory, 'held.jsonl'), line('assistant').repeat(2));
  for (const train of ['kept.jsonl', 'kept.jsonl.diff']) {
    await writeFile(join(directory, train), line('assistant').repeat(3));
    const argv = ['validate', 'held.jsonl', '--against', train, '--fix', 'kept.jsonl'];
    const { code, stderr } = await type(argv, { directory, ...keyed });
    expect(code).not.toBe(0);
    expect(stderr).toContain(`${train} is an input too.`);
    expect(await readFile(join(directory, train), 'utf8')).toBe(line('assistant').repeat(3));
    await rm(join(directory, train));
  }
});

const example = (content: string, answer: string) =>
  `${JSON.stringify({
    messages: [
      { role: 'user', content },
      { role: 'assistant', content: answer },
    ],
  })}\n`;

test('a review shows the answers that the others speak against, with what the data says', async () => {
  const questions = ['lost', 'found', 'new', 'old', 'broken', 'blue'];
  const lines = questions.flatMap((word) => [example(`my ${word} card`, 'card'), example(`the ${word} loan`, 'loan')]);
  await writeFile(join(directory, 'labels.jsonl'), [...lines, example('a \u001b[31mred loan', 'card')].join(''));
  const { code, stdout } = await type(['validate', 'labels.jsonl', '--review'], { directory, ...keyed });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Of 13 examples the others would answer 1 differently; the most doubtful:$/m);
  expect(stdout).toMatch(/^labels\.jsonl:13 +a .*red loan +card +loan$/m);
  expect(stdout).not.toContain('\u001b[31m');
  const told = ['validate', 'labels.jsonl', '--review', '--fix', 'mended.jsonl', '--force'];
  for (const [format, begins] of [
    ['sarif', '{'],
    ['github', '::'],
  ] as const) {
    const beside = await type([...told, '--format', format], { directory, ...keyed });
    expect(beside.stdout.startsWith(begins)).toBe(true);
    expect(beside.stdout).not.toContain('loan');
    expect(beside.stderr).toMatch(/^mended\.jsonl:13 +a .*red loan +card +loan$/m);
    expect(beside.stderr).toContain('mended.jsonl: a copy');
  }
  const json = await type(['validate', 'labels.jsonl', '--review', '5', '--json'], { directory, ...keyed });
  expect(JSON.parse(json.stdout).review).toMatchObject({ doubted: 1, doubts: [{ line: 13, expected: 'loan' }] });
});

test('a review of answers in free text shows the worst, with reasons', async () => {
  const lines = Array.from({ length: 40 }, (_, i) =>
    example(`where is ${i}`, `You find number ${i} behind the next door.`),
  );
  lines.push(example('a joke', 'As an AI language model, I find no number here.'));
  await writeFile(join(directory, 'free.jsonl'), lines.join(''));
  const { code, stdout } = await type(['validate', 'free.jsonl', '--review'], { directory, ...keyed });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Of 41 answers something speaks against 1; the worst:$/m);
  expect(stdout).toMatch(/^free\.jsonl:41 +a joke +As an AI.* says what assistants say when they decline/m);
});

test('with too little to go by there is nothing to review', async () => {
  await writeFile(join(directory, 'good.jsonl'), line('assistant').repeat(10));
  const typed = await type(['validate', 'good.jsonl', '--review'], { directory, ...keyed });
  expect(typed).toMatchObject({ code: 1, stderr: expect.stringContaining('cannot be reviewed') });
});

test('where no model of the connection is trained by the method, this is said instead of costs', async () => {
  const question = `${JSON.stringify({ messages: [{ role: 'user', content: 'a' }], reference_answer: 'b' })}\n`;
  await writeFile(join(directory, 'questions.jsonl'), question.repeat(10));
  const typed = async (...options: string[]) =>
    await type(['validate', 'questions.jsonl', ...options], { directory, ...keyed });
  expect(await typed()).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(
      /^The catalogue has no model of the connection that is trained by the method reinforcement/,
    ),
  });
  // Held-out questions are none to train on.
  expect((await typed('--against', 'questions.jsonl')).stderr).toBe('');
});

test('an example that no model of the connection reads whole is told without --model too', async () => {
  const long = line('assistant').replace('"content":"', `"content":"${'word '.repeat(70_000)}`);
  await writeFile(join(directory, 'long.jsonl'), line('assistant').repeat(10) + long);
  const { stdout } = await type(['validate', 'long.jsonl'], { directory, ...keyed });
  expect(stdout).toMatch(/long\.jsonl:11: warning: messages\[0\]: The example has 4,\d{3} tokens more than the 65,536/);
});

test('what training costs with each model that can still be tuned', async () => {
  await writeFile(join(directory, 'good.jsonl'), line('assistant').repeat(100));
  const entry = { methods: ['supervised'], encoding: 'o200k_base', trainingContextTokens: 1000 };
  const prices = { training: 10, input: 1, output: 4, checked: '2026-11-01', source: 'made up' };
  const models = [
    { ...entry, id: 'short', prices, trainingContextTokens: 10 },
    { ...entry, id: 'dear', prices: { ...prices, training: 20 } },
    { ...entry, id: 'cheap', prices, lastJobDate: '2999-01-01' },
    { ...entry, id: 'closed', prices, lastJobDate: '2020-01-01' },
    { ...entry, id: 'free', prices: { ...prices, training: 0 } },
    { ...entry, id: 'unpriced' },
  ];
  const mine = { platform: 'openai', apiKeyEnv: 'MY_KEY', catalogue: { models } };
  const loadSettings = async () => settings({ connections: { mine }, env: { MY_KEY: 'k' } });
  const { stdout } = await type(['validate', 'good.jsonl', '--connection', 'mine', '--json'], {
    directory,
    loadSettings,
  });
  const { tokens, answerTokens, costs } = JSON.parse(stdout);
  const own = costs.filter(({ model }: { model: string }) => models.some(({ id }) => id === model));
  const answersUsd = expect.closeTo(((tokens - answerTokens) * 1 + answerTokens * 4) / 1e6 / 0.1, 6);
  expect(own).toEqual([
    {
      model: 'short',
      epochs: 3,
      trainedTokens: 100 * 10,
      context: 10,
      trainingUsd: expect.closeTo((100 * 10 * 3 * 10) / 1e6, 6),
      answersUsd,
    },
    {
      model: 'cheap',
      epochs: 3,
      trainedTokens: tokens,
      context: 1000,
      trainingUsd: expect.closeTo((tokens * 3 * 10) / 1e6, 6),
      answersUsd,
      lastJobDate: '2999-01-01',
    },
    {
      model: 'dear',
      epochs: 3,
      trainedTokens: tokens,
      context: 1000,
      trainingUsd: expect.closeTo((tokens * 3 * 20) / 1e6, 6),
      answersUsd,
    },
  ]);
});
