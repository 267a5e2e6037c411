import type { RunReport } from '../../report.ts';
import type { Block, Who } from './block.ts';

/** Examples that got worse, side by side. `says` what they have in common; `broken` is how many there are in all. */
export function regressionBlocks(
  rows: RunReport['regressions'],
  says: string,
  broken: number,
  names: Record<Who, string>,
): Block[] {
  if (rows.length === 0) return [];
  return [
    { kind: 'text', text: `${says}: ${rows.length} of ${broken}.` },
    { kind: 'regressions', rows, names },
  ];
}
