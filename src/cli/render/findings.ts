import type { Finding } from '../doctor/finding.ts';
import { cleanLines, type Paint, type Style } from './text.ts';

const styles: Record<Finding['level'], Style> = { ok: 'green', warn: 'yellow', fail: 'red', skip: 'dim' };

/** Findings, one a line, each that is not well followed by how to mend it. */
export function findingLines(findings: readonly Finding[], paint: Paint): string {
  const width = Math.max(...findings.map(({ subject }) => subject.length));
  return findings
    .flatMap(({ level, subject, message, advice }) => [
      `${paint(styles[level], level.padEnd(4))}  ${subject.padEnd(width)}  ${cleanLines(message)}`,
      ...(advice ? [`      ${' '.repeat(width)}  ${cleanLines(advice)}`] : []),
    ])
    .join('\n');
}
