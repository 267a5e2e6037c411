import type { Method } from '../contract/config.ts';
import type { ModelEntry } from '../platforms/catalogue.ts';

/** Why a run of the model would be refused, whatever the data are like; undefined where it can be trained. */
export function untrainedBy(
  { id, methods, lastJobDate }: Pick<ModelEntry, 'id' | 'methods' | 'lastJobDate'>,
  method: Method,
  now: Date,
): string | undefined {
  if (methods.length === 0) return `The model ${id} cannot be trained.`;
  if (!methods.includes(method))
    return `The model ${id} is not trained by the method ${method}, only by ${methods.join(', ')}: a run would be refused.`;
  if (!lastJobDate || lastJobDate > now.toISOString().slice(0, 10)) return undefined;
  return `The model ${id} takes no new jobs since ${lastJobDate}: a run would be refused.`;
}
