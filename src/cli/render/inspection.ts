import type { Inspection, Problem } from '../../datasets/index.ts';
import { formatCount } from '../../evaluation/format.ts';
import { clean, type Paint } from './text.ts';

/** All problems of a data set, one a line as `file:line`, then its counts and whether it will do. */
export function inspectionReport(file: string, inspection: Inspection, paint: Paint): string {
  const { examples, tokens, answerTokens, longest, problems, errors, warnings } = inspection;
  const counts = [
    formatCount(examples, 'example'),
    `${formatCount(tokens, 'token')} (${answerTokens.toLocaleString('en-US')} of them answers)`,
    `the longest has ${longest.toLocaleString('en-US')}`,
  ].join(', ');
  const found = `${formatCount(errors, 'error')}, ${formatCount(warnings, 'warning')}`;
  const close = errors > 0 ? paint('red', `not valid: ${found}`) : paint('green', `valid: ${found}`);
  return [...problems.map((problem) => problemLine(file, problem, paint)), counts, close].join('\n');
}

function problemLine(file: string, { code, severity, line, path, message }: Problem, paint: Paint): string {
  const where = clean(line === undefined ? file : `${file}:${line}`);
  const word = severity === 'error' ? paint('red', 'error') : paint('yellow', 'warning');
  return `${where}: ${word}: ${clean(path ? `${path}: ` : '')}${clean(message)} [${code}]`;
}
