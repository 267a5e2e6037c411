import type { Problem } from '../../datasets/index.ts';

const schema = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

/** Problems as a SARIF 2.1.0 log, for code scanning and editors. */
export function sarifLog(file: string, problems: readonly Problem[]): object {
  const codes = [...new Set(problems.map(({ code }) => code))].sort();
  return {
    $schema: schema,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'tunewright', rules: codes.map((id) => ({ id })) } },
        results: problems.map(({ code, severity, line, path, message }) => ({
          ruleId: code,
          ruleIndex: codes.indexOf(code),
          level: severity,
          message: { text: message },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: file.split('/').map(encodeURIComponent).join('/') },
                ...(line === undefined ? {} : { region: { startLine: line } }),
              },
              ...(path ? { logicalLocations: [{ fullyQualifiedName: path }] } : {}),
            },
          ],
        })),
      },
    ],
  };
}
