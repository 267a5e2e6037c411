import type { Fixed } from '../../datasets/fix/fix.ts';
import { formatCount } from '../../evaluation/format.ts';

/** What a mended copy differs in, and where that is told. */
export function fixReport(out: string, { lines, codes, left }: Fixed): string {
  const each = Object.entries(codes).map(([code, count]) => `${code} ${count.toLocaleString('en-US')}`);
  const done =
    lines === 0
      ? `${out}: a copy; no line was mended`
      : `${out}: ${formatCount(lines, 'line')} mended (${each.join(', ')}); ${out}.diff tells each change`;
  if (left === 0) return done;
  return `${done}; ${formatCount(left, 'line')} left, with keys that stand twice or numbers of too many digits`;
}
