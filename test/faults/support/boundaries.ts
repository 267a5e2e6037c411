import { Client, Connection } from '@temporalio/client';
import { scheduledOf } from './evaluations.ts';
import { type Effect, type Hold, type Point, readNotes } from './holds.ts';
import type { World } from './world.ts';

/** One point at which the worker is killed, and the name of the run that is held there. */
export interface Boundary extends Hold {
  run: string;
  /** Such as `uploadFile 2`. */
  activity: string;
  when: 'before' | 'during' | 'after';
}

/**
 * The boundaries of a run that has ended undisturbed, whose name theirs begin with: its history names the activities, its worker's notes their
 * effects. An activity without an effect has nothing during which it could be killed.
 *
 * @param every after each effect; otherwise after the first one that changed something
 */
export async function boundariesOf(world: World, run: string, every: boolean): Promise<Boundary[]> {
  const connection = await Connection.connect({ address: world.address });
  const scheduled = await scheduledOf(new Client({ connection }), run);
  await connection.close();
  const seen = new Map<string, number>();
  return scheduled.flatMap(({ activityId, activityType }) => {
    const name = activityType?.name ?? '';
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    const at = (when: Boundary['when'], point: Point) => ({
      run: `${run}-${activityId}-${point.toLowerCase().replace(' ', '-')}`,
      activity: `${name} ${count}`,
      when,
      activityId: String(activityId),
      at: point,
    });
    const effects = effectsOf(world, run, String(activityId));
    const decisive = effects.find((effect) => !effect.startsWith('GET')) ?? effects[0];
    const during = every ? effects : decisive ? [decisive] : [];
    return [at('before', 'before'), ...during.map((effect) => at('during', effect)), at('after', 'after')];
  });
}

/** Those of the first attempt: a later one may have fewer to make. */
function effectsOf({ folder }: World, run: string, activityId: string): Effect[] {
  const all = readNotes(folder);
  const own = all.filter((note) => note.run === run && note.activityId === activityId && note.attempt === 1);
  return own.map(({ effect }) => effect).filter((effect) => effect !== undefined);
}
