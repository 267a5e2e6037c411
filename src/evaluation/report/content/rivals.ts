import type { Rival, RivalRole } from '../../../contract/verdict.ts';
import type { RunReport } from '../../report.ts';
import type { Who } from './block.ts';

/** What a reader calls each of the models compared. */
export const names: Record<Who, string> = {
  tuned: 'Tuned model',
  base: 'Base model',
  prompted: 'Prompted base model',
  champion: 'Model in service',
};

/** All that the tuned model was compared with; where nothing else was told, the base model alone. */
export function rivalsOf({ rivals, comparison }: RunReport): Rival[] {
  if (rivals) return rivals;
  const { base, difference, fixed, broken, pValue } = comparison;
  return [{ role: 'base', evaluation: base, difference, fixed, broken, pValue, adjustedPValue: pValue }];
}

/** What the tuned model would replace: the model in service, without one the base model. */
export function incumbentOf(report: RunReport): Rival | undefined {
  const rivals = rivalsOf(report);
  const of = (role: RivalRole) => rivals.find((rival) => rival.role === role);
  return of('champion') ?? of('base');
}
