import type { Fixed } from '../../datasets/fix/fix.ts';
import { formatCount } from '../../evaluation/format.ts';

/** What a mended copy differs in, and where that is told. */
export function fixReport(out: string, { lines, codes }: Fixed): string {
  if (lines === 0) return `${out}: a copy; there was nothing to mend without a choice`;
  const each = Object.entries(codes).map(([code, count]) => `${code} ${count.toLocaleString('en-US')}`);
  return `${out}: ${formatCount(lines, 'line')} mended (${each.join(', ')}); ${out}.diff tells each change`;
}
