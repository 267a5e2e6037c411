/** What of jest's results is counted. */
interface Counts {
  numPassedTests: number;
  numFailedTests: number;
  numRuntimeErrorTestSuites: number;
  numPendingTests: number;
  numTodoTests: number;
}

/** Ends a run with `N passed, N failed` and, where there are any, `, N skipped`: the last line of all output. */
export default class ClosingLine {
  onRunComplete(_contexts: unknown, results: Counts): void {
    // Coverage and summary are printed after every reporter of the configuration.
    process.once('exit', () => process.stdout.write(`${closingLine(results)}\n`));
  }
}

/** A file that could not be run at all counts as one failure. */
function closingLine(results: Counts): string {
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  const skipped = results.numPendingTests + results.numTodoTests;
  return `${results.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
