/**
 * `npm test`, and where it fails in a few files those once more, one after the other with the machine to themselves. So a test
 * that a busy machine has kept from passing is told apart from one that is broken; it is told by name, not passed over.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Outcome, outcomeVariable } from '../test/support/reporter.ts';

/** More have a reason of their own. */
const mostFiles = 5;

const folder = mkdtempSync(join(tmpdir(), 'tunewright-tests-'));
const outcome = join(folder, 'outcome.json');

/** The exit code of `npm test` with these arguments. */
function test(...args: string[]): number {
  const env = { ...process.env, [outcomeVariable]: outcome };
  return spawnSync('npm', ['test', '--', ...args], { stdio: 'inherit', env }).status ?? 1;
}

/** Those that a run has left; none where it did not come so far. */
function failedFiles(): string[] {
  if (!existsSync(outcome)) return [];
  const files: Outcome = JSON.parse(readFileSync(outcome, 'utf8'));
  return Object.keys(files).filter((file) => files[file]?.failed.length);
}

const given = process.argv.slice(2);
let code = test(...given);
const failed = failedFiles();
if (code !== 0 && failed.length > 0 && failed.length <= mostFiles) {
  process.stdout.write(`\nOnce more, alone:\n${failed.map((file) => `  ${file}\n`).join('')}\n`);
  code = test(...given, '--maxWorkers=1', '--runTestsByPath', ...failed) || failedFiles().length;
}
rmSync(folder, { recursive: true, force: true });
process.exitCode = code;
