import { atFurtherPlaces, type Problem } from '../../datasets/problem.ts';

const schema = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

/** GitHub shows so many of a file, and refuses five times as many; places are told after all problems. */
const mostResults = 5_000;

/**
 * Problems as a SARIF 2.1.0 log, for code scanning and editors. GitHub asks for descriptions of rules and for a line of every
 * result: docs.github.com/code-security/reference/code-scanning/sarif-files/sarif-support
 */
export function sarifLog(file: string, problems: readonly Problem[]): object {
  const further = problems.flatMap(atFurtherPlaces).slice(0, Math.max(0, mostResults - problems.length));
  const codes = [...new Set(problems.map(({ code }) => code))].sort();
  return {
    $schema: schema,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'tunewright', rules: codes.map((id) => ruleOf(id, problems)) } },
        results: [...problems, ...further].map(({ code, severity, line, path, message }) => ({
          ruleId: code,
          ruleIndex: codes.indexOf(code),
          level: severity,
          message: { text: message },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: file.split('/').map(encodeURIComponent).join('/') },
                region: { startLine: line ?? 1 },
              },
              ...(path ? { logicalLocations: [{ fullyQualifiedName: path }] } : {}),
            },
          ],
        })),
      },
    ],
  };
}

/** What a code means is in its problems; `docs/checks.md` has them all. */
function ruleOf(id: string, problems: readonly Problem[]): object {
  const words = id.replaceAll('_', ' ');
  const message = problems.find(({ code }) => code === id)?.message ?? words;
  return {
    id,
    shortDescription: { text: `${words.slice(0, 1).toUpperCase()}${words.slice(1)}` },
    fullDescription: { text: message },
    help: { text: `${message} docs/checks.md of tunewright lists all codes.` },
  };
}
