import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Script } from '../../../src/evaluation/graders/context.ts';
import { moduleScript } from '../../../src/evaluation/scripts/module.ts';
import { pythonScript } from '../../../src/evaluation/scripts/python.ts';
import { failureOf, gradeOne, problems } from './support.ts';

const python = process.env.TUNEWRIGHT_PYTHON ?? 'python3';
const withPython = spawnSync(python, ['--version']).status === 0 ? describe : describe.skip;
const item = { reference: 'a', label: 'a', secret: 'hunter2' };
const sample = { output_text: 'a' };

const opened: Script[] = [];
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tunewright-modules-'));
});
afterEach(async () => {
  for (const script of opened.splice(0)) await script.close();
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

function keep(script: Script): Script {
  opened.push(script);
  return script;
}

async function module(source: string, limits = {}): Promise<Script> {
  const name = `grader-${Math.random().toString(36).slice(2)}.mjs`;
  await writeFile(join(folder, name), source);
  return keep(moduleScript(`./${name}`, folder, limits));
}

/** On Linux the kernel keeps code from doing what it must not; elsewhere the interpreter does. */
const systems = process.platform === 'linux' ? (['linux', 'darwin'] as const) : ([process.platform] as const);

const body = (lines: string) => `def grade(sample, item):\n${lines.replace(/^/gm, '    ')}\n`;

withPython('python', () => {
  const script = (source: string, limits = {}) => keep(pythonScript(source, python, limits));

  test('grades by what its source says, many answers in one process', async () => {
    const grading = script(
      'import os\ncalls = 0\ndef grade(sample, item):\n    global calls\n    calls += 1\n' +
        '    return 10 * calls + (1.0 if sample["output_text"] == item["label"] else 0.25)\n',
    );
    expect(await grading.grade(item, sample)).toMatchObject({ score: 11 });
    expect(await grading.grade(item, { output_text: 'b' })).toMatchObject({ score: 20.25 });
    expect(await grading.grade(item, sample)).toMatchObject({ score: 31 });
  });

  test('what it prints is no grade', async () => {
    const source = body(
      'import sys, os\nprint(\'{"score": 7}\', flush=True)\nos.write(1, b\'{"score": 7}\\n\')\nreturn 1',
    );
    expect(await script(source).grade(item, sample)).toMatchObject({ score: 1 });
  });

  test.each([
    ['raises', 'x = 1\nraise ValueError(item["secret"])', 'ValueError in line 3 of the source'],
    ['lacks a field', 'return item["gone"]', 'KeyError in line 2 of the source'],
    ['gives a text', 'return "1"', 'grade gave no number'],
    ['gives nothing', 'pass', 'grade gave no number'],
    ['gives no finite number', 'return float("nan")', 'grade gave no finite number'],
    ['takes more memory than it may', 'return len(bytearray(2 * 1024 ** 3))', 'MemoryError in line 2 of the source'],
  ])('source that %s grades nothing, and quotes no data', async (_, lines, message) => {
    const grading = script(body(lines));
    expect(await failureOf(() => grading.grade(item, sample))).toEqual({
      code: 'grader_failed',
      message: `The code of the grader failed: ${message}.`,
    });
    // The next answer is graded all the same.
    expect(await failureOf(() => grading.grade(item, sample))).toMatchObject({ code: 'grader_failed' });
  });

  test.each([
    ['has an error of syntax', 'def grade(sample, item):\n  return (\n', 'SyntaxError in line 2 of the source'],
    [
      'imports what is not there',
      'import nothing_of_that_name\ndef grade(s, i): return 1',
      'ModuleNotFoundError in line 1 of the source',
    ],
    ['defines something else', 'grades = 1', 'KeyError'],
  ])('source that %s is refused', async (_, source, why) => {
    const failure = await failureOf(() => script(source).grade(item, sample));
    expect(failure).toEqual({ code: 'invalid_config', message: `The code of the grader does not load: ${why}.` });
  });

  test('one that hangs is killed in time, and the next answer gets a process of its own', async () => {
    const grading = script(body('while item["label"] == "hang": pass\nreturn 1'), { timeoutMs: 10_000, atOnce: 1 });
    const failure = await failureOf(() => grading.grade({ ...item, label: 'hang' }, sample));
    expect(failure).toEqual({ code: 'grader_failed', message: 'The code of the grader gave no grade within 10 s.' });
    expect(await grading.grade(item, sample)).toMatchObject({ score: 1 });
  });

  test('one that ends its process grades nothing', async () => {
    const failure = await failureOf(() => script(body('import os\nos._exit(0)')).grade(item, sample));
    expect(failure).toEqual({ code: 'grader_failed', message: 'The process of the grader ended.' });
  });
});

withPython.each(systems)('python, as on %s', (system) => {
  const script = (source: string) => keep(pythonScript(source, python, {}, system));

  /** 1 when the lines ran through, 0 when they were kept from it. */
  async function could(lines: string): Promise<number> {
    const tried = body(
      `try:\n${lines.replace(/^/gm, '    ')}\n    return 1\nexcept (OSError, MemoryError, RuntimeError):\n    return 0`,
    );
    return (await script(tried).grade(item, sample)).score;
  }

  test('it sees no environment', async () => {
    const source = body(
      'import os\nreturn len(set(os.environ) - {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "LC_CTYPE"})',
    );
    expect((await script(source).grade(item, sample)).score).toBe(0);
  });

  test('it reaches no network, not even this machine', async () => {
    const server = createServer((_, response) => response.end('reached'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const score = await could(`import urllib.request\nurllib.request.urlopen("http://127.0.0.1:${port}").read()`);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(score).toBe(0);
  });

  test("it reads none of the worker's files", async () => {
    const secret = join(folder, 'secret.txt');
    await writeFile(secret, 'key');
    expect(await could(`open(${JSON.stringify(secret)}).read()`)).toBe(0);
    expect(await could(`import os\nos.listdir(${JSON.stringify(folder)})`)).toBe(0);
    expect(await could('open("/etc/passwd").read()')).toBe(0);
  });

  test('it writes in its own folder alone, which is gone afterwards', async () => {
    expect(await could('open("mine.txt", "w").write("x")\nassert open("mine.txt").read() == "x"')).toBe(1);
    const outside = join(folder, `written-${system}.txt`);
    expect(await could(`open(${JSON.stringify(outside)}, "w").write("x")`)).toBe(0);
    expect(existsSync(outside)).toBe(false);
    expect(await could('open("big.bin", "wb").write(bytes(17 * 1024 ** 2))')).toBe(0);
    const grading = pythonScript(
      body('import os\nopen("left.txt", "w").write(os.getcwd())\nreturn 1'),
      python,
      {},
      system,
    );
    await grading.grade(item, sample);
    await grading.close();
    const left = (await readdir(tmpdir())).filter((name) => name.startsWith('tunewright-grader-'));
    for (const name of left) expect(existsSync(join(tmpdir(), name, 'left.txt'))).toBe(false);
  });

  test('it starts no processes', async () => {
    expect(await could('import subprocess\nsubprocess.run(["true"], check=True)')).toBe(0);
    expect(await could('import os\nos.fork()')).toBe(0);
    expect(await could('import os\nos.system("true") == 0 or os.kill(os.getppid(), 0)')).toBe(0);
  });
});

test('a Python that is not there is told', async () => {
  const script = keep(pythonScript('def grade(sample, item): return 1', 'no-such-python'));
  expect(await failureOf(() => script.grade(item, sample))).toMatchObject({
    code: 'invalid_config',
    message: 'The worker has no Python under the name no-such-python.',
  });
});

withPython('python that is closed', () => {
  test('what it was grading is not graded and none of its processes is left', async () => {
    const script = pythonScript(
      'def grade(sample, item):\n    while item["label"] == "hang": pass\n    return 1\n',
      python,
    );
    await script.grade(item, sample);
    const grading = failureOf(() => script.grade({ ...item, label: 'hang' }, sample));
    await script.close();
    expect(await grading).toEqual({ code: 'grader_failed', message: 'The process of the grader ended.' });
  });
});

describe('module', () => {
  test("grades by a user's function, which may take its time and say why", async () => {
    const script = await module(
      'export async function grade(sample, item) {\n' +
        '  await new Promise((resolve) => setTimeout(resolve, 5));\n' +
        '  console.log("not a grade");\n' +
        '  return { score: sample.output_text === item.label ? 0.75 : 0, reason: "so" };\n}\n',
    );
    expect(await script.grade(item, sample)).toEqual({ score: 0.75, reason: 'so' });
    expect((await script.grade(item, { output_text: 'b' })).score).toBe(0);
  });

  test('yes and no are grades too', async () => {
    const script = await module('export const grade = (sample) => sample.output_text === "a";');
    expect((await script.grade(item, sample)).score).toBe(1);
    expect((await script.grade(item, { output_text: 'b' })).score).toBe(0);
  });

  test.each([
    ['throws', 'export const grade = (sample, item) => { throw new RangeError(item.secret); };', 'RangeError'],
    ['gives a text', 'export const grade = () => "1";', 'grade gave no finite number'],
    ['gives nothing', 'export const grade = () => {};', 'grade gave no finite number'],
  ])('one that %s grades nothing, and quotes no data', async (_, source, why) => {
    const script = await module(source);
    expect(await failureOf(() => script.grade(item, sample))).toEqual({
      code: 'grader_failed',
      message: `The code of the grader failed: ${why}.`,
    });
  });

  test.each([
    ['does not parse', 'export const grade = (', 'SyntaxError'],
    ['exports something else', 'export const grades = 1;', 'it exports no function grade'],
  ])('one that %s is refused', async (_, source, why) => {
    const script = await module(source);
    expect(await failureOf(() => script.grade(item, sample))).toEqual({
      code: 'invalid_config',
      message: `The code of the grader does not load: ${why}.`,
    });
  });

  test('it sees no environment, and one that hangs is killed', async () => {
    const script = await module(
      'export const grade = (s, i) => { while (i.label === "hang"); return Object.keys(process.env).length; };',
      { timeoutMs: 10_000 },
    );
    expect((await script.grade(item, sample)).score).toBe(0);
    const failure = await failureOf(() => script.grade({ ...item, label: 'hang' }, sample));
    expect(failure.message).toBe('The code of the grader gave no grade within 10 s.');
  });

  test.each(['./none.mjs', '../outside.mjs', '/etc/hosts'])('%s is not in the folder', async (path) => {
    const script = keep(moduleScript(path, folder));
    expect(await failureOf(() => script.grade(item, sample))).toMatchObject({
      code: 'invalid_config',
      message: `The worker's folder of grader modules has no ${path}.`,
    });
  });
});

test('code sees the answer as JSON where it is some', async () => {
  const script = await module('export const grade = (sample) => sample.output_json?.city === "Bern";');
  const context = { ask: never, embed: never, script: () => script };
  const config = { type: 'module' as const, module: './m.mjs', pass_threshold: 1 };
  expect((await gradeOne(config, item, '{"city":"Bern"}', context)).passed).toBe(true);
  expect((await gradeOne(config, item, 'Bern', context)).passed).toBe(false);
});

test('a grader of code passes by its threshold', async () => {
  const script = await module('export const grade = () => 0.5;');
  const context = { ask: never, embed: never, script: () => script };
  const config = { type: 'module' as const, module: './m.mjs' };
  expect(await gradeOne({ ...config, pass_threshold: 0.5 }, item, 'a', context)).toMatchObject({
    score: 0.5,
    passed: true,
  });
  expect(await gradeOne({ ...config, pass_threshold: 0.6 }, item, 'a', context)).toMatchObject({ passed: false });
});

const never = () => {
  throw new Error('nobody is asked');
};

test('what it is made of is checked', () => {
  const source = 'def grade(sample, item):\n    return 1';
  expect(problems({ type: 'python', source })).toEqual([
    'pass_threshold: is needed: with which score does an answer pass?',
  ]);
  expect(problems({ type: 'python', source: 'x = 1', pass_threshold: 1 })).toEqual([
    'source: must define grade(sample, item)',
  ]);
  const long = `${source}\n#${'x'.repeat(24 * 1024)}`;
  expect(problems({ type: 'python', source: long, pass_threshold: 1 })).toEqual([
    ': is longer than 24 KiB as JSON; put code into a module',
  ]);
});
