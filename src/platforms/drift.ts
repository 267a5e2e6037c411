import type { ModelEntry } from './catalogue.ts';
import type { PlatformModel, TrainingPlatform } from './platform.ts';

/** Something that the catalogue and a platform's own list do not agree on. */
export interface Drift {
  model: string;
  /** As one sentence, the model's name in front. */
  message: string;
}

/** The entry of a catalogue for whatever it does not name: with it nothing is missing there. */
const anyModel = '*';

/** What the catalogue and a platform's own list of models do not agree on; nothing where the platform has no list. */
export async function catalogueDrift(platform: TrainingPlatform, now: Date): Promise<Drift[]> {
  const offered = await platform.listModels();
  return offered ? driftOf(platform, offered, now.toISOString().slice(0, 10)) : [];
}

/**
 * Sets a catalogue against what a platform offers, both ways.
 *
 * @param today YYYY-MM-DD: of a model that trains no more nothing is expected
 */
export function driftOf(
  { catalogueModels, catalogueEntry }: Pick<TrainingPlatform, 'catalogueModels' | 'catalogueEntry'>,
  offered: readonly PlatformModel[],
  today: string,
): Drift[] {
  const over = ({ lastJobDate, shutdownDate }: ModelEntry) =>
    [lastJobDate, shutdownDate].some((date) => date !== undefined && date <= today);
  const drift: Drift[] = [];
  const add = (model: string, message: string) => drift.push({ model, message: `${model} ${message}` });

  for (const entry of catalogueModels) {
    if (over(entry) || entry.id === anyModel) continue;
    const names = [entry.id, ...entry.aliases];
    const there = offered.filter(({ id }) => names.includes(id));
    if (there.length === 0) add(entry.id, 'is in the catalogue, but the platform does not offer it.');
    else if (entry.methods.length > 0 && there.every(({ tunable }) => tunable === false))
      add(entry.id, 'cannot be tuned there any more.');
    const told = there.find(({ shutdownDate }) => shutdownDate !== undefined)?.shutdownDate;
    if (told !== undefined && told !== entry.shutdownDate) {
      add(
        entry.id,
        `shuts down on ${told} by the platform's word; the catalogue says ${entry.shutdownDate ?? 'nothing'}.`,
      );
    }
  }
  for (const { id, tunable } of offered) {
    if (tunable && !catalogueEntry(id)) add(id, 'can be tuned there, but is not in the catalogue.');
  }
  return drift;
}
