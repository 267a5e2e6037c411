import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const folder = join(root, 'src', 'datasets');

/** `severity code` of every problem that the checks can make. */
async function codesOfChecks(): Promise<string[]> {
  const files = (await readdir(folder, { recursive: true })).filter((name) => /^(?!convert|fix).*\.ts$/.test(name));
  const source = (await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')))).join('\n');
  return [
    ...[...source.matchAll(/\bproblemAt\([^,]*,\s*'(\w+)'/g)].map(([, code]) => `error ${code}`),
    ...[...source.matchAll(/\bwarningAt\([^,]*,\s*'(\w+)'/g)].map(([, code]) => `warning ${code}`),
    ...[...source.matchAll(/\bcode: '(\w+)',\s+severity: '(\w+)'/g)].map(([, code, severity]) => `${severity} ${code}`),
    ...[...source.matchAll(/\bfault\('(\w+)'/g)].map(([, code]) => `error ${code}`),
  ];
}

/** The same of the page: two tables, errors first; a row may name several codes. */
async function codesOfPage(): Promise<string[]> {
  const page = await readFile(join(root, 'docs', 'checks.md'), 'utf8');
  const [errors = '', warnings = ''] = page.split(/^## (?:Warnings|What is mended)/m);
  const rows = (table: string) =>
    [...table.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell = '']) => cell.match(/\w+/g) ?? []);
  return [...rows(errors).map((code) => `error ${code}`), ...rows(warnings).map((code) => `warning ${code}`)];
}

test('the page of checks lists every code, its severity, and no other, once', async () => {
  const page = await codesOfPage();
  expect(page.length).toBeGreaterThan(30);
  expect(page.toSorted()).toEqual([...new Set(await codesOfChecks())].toSorted());
});
