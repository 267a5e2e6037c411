import type { Rival } from '../../../contract/verdict.ts';
import { formatConfidence } from '../../format.ts';
import type { RunReport } from '../../report.ts';
import type { Who } from './block.ts';

/** What a reader calls each of the models compared. */
export const names: Record<Who, string> = {
  tuned: 'Tuned model',
  base: 'Base model',
  prompted: 'Prompted base model',
  champion: 'Model in service',
};

/** What the tuned model would replace: the model in service, without one the base model. */
export function incumbentOf({
  rivals,
  comparison,
}: RunReport): Pick<Rival, 'role' | 'difference' | 'fixed' | 'broken'> {
  return rivals.find(({ role }) => role === 'champion') ?? { role: 'base', ...comparison };
}

/** Of the intervals of differences, as `95%`. */
export function confidenceOf({ config }: RunReport): string {
  return formatConfidence(config.gate.confidence);
}

/** A name as it stands within a sentence. */
export function within(who: Who): string {
  return `the ${names[who].charAt(0).toLowerCase()}${names[who].slice(1)}`;
}
