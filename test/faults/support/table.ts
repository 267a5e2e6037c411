/** What of jest's results is counted. */
interface Results {
  testResults: { testResults: { ancestorTitles: string[]; status: string }[] }[];
}

/** Prints one table: what was tried, how often, and how often the run survived it. */
export default class SurvivalTable {
  onRunComplete(_contexts: unknown, { testResults }: Results): void {
    const rows = new Map<string, { tried: number; survived: number }>();
    for (const { ancestorTitles, status } of testResults.flatMap((file) => file.testResults)) {
      const [fault] = ancestorTitles;
      // Tests outside of a block tell what is undisturbed.
      if (fault === undefined) continue;
      const row = rows.get(fault) ?? { tried: 0, survived: 0 };
      rows.set(fault, { tried: row.tried + 1, survived: row.survived + (status === 'passed' ? 1 : 0) });
    }
    const lines = [...rows].map(([fault, { tried, survived }]) => `| ${fault} | ${survived} / ${tried} |`);
    process.stdout.write(['| fault | survived / tried |', '| --- | --- |', ...lines, ''].join('\n'));
  }
}
