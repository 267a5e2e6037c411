import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { outcomeVariable } from './reporter.ts';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

interface Printed {
  code: number;
  /** Both streams in their order. */
  lines: string[];
}

/** Runs a command in a folder with these test files, in which `npm test` is jest with coverage. */
async function printed(command: string, files: Record<string, string>): Promise<Printed> {
  const folder = await mkdtemp(join(tmpdir(), 'tunewright-reporter-'));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const config = { rootDir: folder, reporters: ['default', at('reporter.ts')], coverageReporters: ['text-summary'] };
    await writeFile(join(folder, 'jest.json'), JSON.stringify(config));
    const test = `"${process.execPath}" "${at('../../node_modules/jest/bin/jest.js')}" --config jest.json --coverage --ci`;
    await writeFile(join(folder, 'package.json'), JSON.stringify({ scripts: { test } }));
    await writeFile(join(folder, 'code.js'), 'exports.one = 1;');
    await symlink(at('../../node_modules'), join(folder, 'node_modules'));
    // What this run leaves is not theirs.
    const env = { ...process.env, [outcomeVariable]: undefined };
    return await new Promise((resolve) => {
      execFile('sh', ['-c', `${command} 2>&1`], { cwd: folder, env }, (error, stdout) => {
        resolve({ code: error ? 1 : 0, lines: stdout.trimEnd().split('\n') });
      });
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const passing = `test('a', () => { require('./code.js'); }); test('b', () => {});`;
const failing = `test('c', () => { throw new Error('no'); });`;

describe('npm test', () => {
  test('the closing line is the last, after coverage', async () => {
    const { code, lines } = await printed('npm test', { 'a.test.js': passing });
    expect(code).toBe(0);
    expect(lines.at(-1)).toBe('2 passed, 0 failed');
    expect(lines.join('\n')).toContain('Coverage summary');
  });

  test('it counts failures, files that do not run, skipped and planned tests', async () => {
    const { code, lines } = await printed('npm test', {
      'a.test.js': `${passing} ${failing}`,
      'b.test.js': 'this is no program',
      'c.test.js': `test.skip('d', () => {}); test.todo('e'); test('f', () => {});`,
    });
    expect(code).toBe(1);
    expect(lines.at(-1)).toBe('3 passed, 2 failed, 2 skipped');
  });
});

describe('tests that fail are run again, alone', () => {
  const again = `"${process.execPath}" --disable-warning=ExperimentalWarning "${at('../../scripts/test-again.ts')}"`;
  /** Fails in the first run that comes by. */
  const onlyOnce = `
    const fs = require('node:fs');
    test('g', () => { if (!fs.existsSync('been-here')) { fs.writeFileSync('been-here', ''); throw new Error('busy'); } });`;
  const alone = (lines: string[]) => lines.filter((line) => line.startsWith('passed only when run alone'));

  test('what passes then is told by name, and the whole is counted', async () => {
    const { code, lines } = await printed(again, {
      'a.test.js': passing,
      'b.test.js': `${onlyOnce} test('h', () => {});`,
    });
    expect(code).toBe(0);
    expect(lines.at(-1)).toBe('4 passed, 0 failed');
    expect(alone(lines)).toEqual([expect.stringMatching(/^passed only when run alone: .*\/b\.test\.js › g$/)]);
  });

  test('what fails again has failed', async () => {
    const { code, lines } = await printed(again, {
      'a.test.js': `${passing} ${failing}`,
      'b.test.js': onlyOnce,
      'c.test.js': passing,
    });
    expect(code).toBe(1);
    expect(lines.at(-1)).toBe('5 passed, 1 failed');
    expect(alone(lines)).toHaveLength(1);
  });

  test('where nothing fails nothing is run again, and where many do neither', async () => {
    const well = await printed(again, { 'a.test.js': passing });
    expect([well.code, well.lines.at(-1)]).toEqual([0, '2 passed, 0 failed']);
    const many = Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`${i}.test.js`, failing]));
    const ill = await printed(again, many);
    expect([ill.code, ill.lines.at(-1)]).toEqual([1, '0 passed, 6 failed']);
    expect([...well.lines, ...ill.lines].join('\n')).not.toContain('Once more');
  });

  test('a run that comes to no test at all has failed', async () => {
    const broken = `sed -i 's/--ci/--ci --globalSetup .\\/none.js/' package.json; ${again}`;
    expect((await printed(broken, { 'a.test.js': passing })).code).toBe(1);
  });
});
