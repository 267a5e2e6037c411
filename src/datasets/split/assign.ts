import { examplesPerClass } from '../inspection/classes.ts';
import { seededRandom } from '../random.ts';
import { shuffled } from '../shuffle.ts';
import type { Entry } from './entries.ts';

export interface Parts {
  train: Entry[];
  validation: Entry[];
  test: Entry[];
}

/** How many examples to set aside; a little more are when many ask nearly the same. */
export interface SetAside {
  validation: number;
  test: number;
}

/**
 * Divides examples: the first groups are held out, the next validate, the rest is trained on. Those of a group stay together, in
 * training where they are more than is set aside.
 */
export function assign(ordered: readonly Entry[][], { validation, test }: SetAside): Parts {
  const parts: Parts = { train: [], validation: [], test: [] };
  for (const group of ordered) {
    const fits = (part: 'test' | 'validation', wanted: number) => parts[part].length < wanted && group.length <= wanted;
    const part = fits('test', test) ? 'test' : fits('validation', validation) ? 'validation' : 'train';
    for (const entry of group) parts[part].push(entry);
  }
  return parts;
}

/**
 * The order from any stretch of which every class gets its share, the same for the same seed: each class is spread evenly
 * over [0, 1).
 */
export function inProportion(groups: readonly Entry[][], seed: number): Entry[][] {
  const random = seededRandom(seed);
  const spread: { group: Entry[]; position: number }[] = [];
  for (const groupsOfClass of classesOf(groups)) {
    const start = random();
    for (const [index, group] of shuffled(groupsOfClass, random).entries()) {
      spread.push({ group, position: (index + start) / groupsOfClass.length });
    }
  }
  return spread.sort((a, b) => a.position - b.position).map(({ group }) => group);
}

/** A group is as new as the newest of it. */
export function newestFirst(groups: readonly Entry[][]): Entry[][] {
  const timed = groups.map((group) => ({
    group,
    time: group.reduce((newest, { time = 0 }) => Math.max(newest, time), Number.NEGATIVE_INFINITY),
  }));
  return timed.sort((a, b) => b.time - a.time).map(({ group }) => group);
}

function classesOf(groups: readonly Entry[][]): Entry[][][] {
  const classes = new Map<string, Entry[][]>();
  for (const group of groups) addTo(classes, group[0]?.answer ?? '', group);
  return classes.size * examplesPerClass > groups.length ? [[...groups]] : [...classes.values()];
}

function addTo<K, T>(map: Map<K, T[]>, key: K, value: T): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
