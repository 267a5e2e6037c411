import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Runs jest with coverage over the given test files; resolves to the lines it prints, both streams in their order. */
async function jestLines(files: Record<string, string>): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tunewright-reporter-'));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    await writeFile(join(folder, 'package.json'), '{}');
    await writeFile(join(folder, 'code.js'), 'exports.one = 1;');
    await symlink(at('../../node_modules'), join(folder, 'node_modules'));
    const config = { rootDir: folder, reporters: ['default', at('reporter.ts')], coverageReporters: ['text-summary'] };
    const command = '"$0" "$1" --config "$2" --coverage --ci 2>&1; true';
    const jest = at('../../node_modules/jest/bin/jest.js');
    const args = ['-c', command, process.execPath, jest, JSON.stringify(config)];
    const { stdout } = await promisify(execFile)('sh', args, { cwd: folder });
    return stdout.trimEnd().split('\n');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const passing = `test('a', () => { require('./code.js'); }); test('b', () => {});`;

test('the closing line is the last, after coverage', async () => {
  const lines = await jestLines({ 'a.test.js': passing });
  expect(lines.at(-1)).toBe('2 passed, 0 failed');
  expect(lines.join('\n')).toContain('Coverage summary');
});

test('it counts failures, files that do not run, skipped and planned tests', async () => {
  const lines = await jestLines({
    'a.test.js': `${passing} test('c', () => { throw new Error('no'); });`,
    'b.test.js': 'this is no program',
    'c.test.js': `test.skip('d', () => {}); test.todo('e'); test('f', () => {});`,
  });
  expect(lines.at(-1)).toBe('3 passed, 2 failed, 2 skipped');
});
