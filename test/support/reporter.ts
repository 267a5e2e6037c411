import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** What of jest's results of one file is looked at. */
interface FileResults {
  testFilePath: string;
  /** Why the file could not be run at all. */
  testExecError?: unknown;
  testResults: { fullName: string; status: string }[];
}

/** Full names of the tests of one file. */
export interface FileOutcome {
  passed: string[];
  failed: string[];
  skipped: string[];
}
/** By the path of the file. */
export type Outcome = Record<string, FileOutcome>;

/** Where a run leaves its outcome for one that follows. */
export const outcomeVariable = 'TUNEWRIGHT_TEST_OUTCOME';

/**
 * Ends a run with `N passed, N failed` and, where there are any, `, N skipped`: the last line of all output. Where a run before
 * has left its outcome this one is counted with it, and what passes now only is told by name: see `scripts/test-again.ts`.
 */
export default class ClosingLine {
  onRunComplete(_contexts: unknown, { testResults }: { testResults: FileResults[] }): void {
    const now = Object.fromEntries(testResults.map((file) => [file.testFilePath, outcomeOf(file)]));
    const path = process.env[outcomeVariable];
    const before: Outcome = path && existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
    const whole = { ...before, ...now };
    if (path) writeFileSync(path, JSON.stringify(whole));
    const lines = [...passedNow(before, now).map((name) => `passed only when run alone: ${name}`), closingLine(whole)];
    // Coverage and summary are printed after every reporter of the configuration.
    process.once('exit', () => process.stdout.write(`${lines.join('\n')}\n`));
  }
}

/** A file that could not be run at all counts as one failure. */
function outcomeOf({ testExecError, testResults }: FileResults): FileOutcome {
  const outcome: FileOutcome = { passed: [], failed: testExecError ? ['the whole file'] : [], skipped: [] };
  for (const { fullName, status } of testResults) {
    const to = status === 'passed' || status === 'failed' ? status : 'skipped';
    outcome[to].push(fullName);
  }
  return outcome;
}

function passedNow(before: Outcome, now: Outcome): string[] {
  return Object.entries(now).flatMap(([file, { failed }]) =>
    (before[file]?.failed ?? []).filter((name) => !failed.includes(name)).map((name) => `${file} › ${name}`),
  );
}

function closingLine(whole: Outcome): string {
  const files = Object.values(whole);
  const count = (of: keyof FileOutcome) => files.reduce((sum, file) => sum + file[of].length, 0);
  const skipped = count('skipped');
  return `${count('passed')} passed, ${count('failed')} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
