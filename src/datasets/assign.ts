import { examplesPerClass } from './classes.ts';
import type { Entry } from './entries.ts';
import { seededRandom } from './random.ts';
import { shuffled } from './shuffle.ts';

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
 * Divides examples, the same way for the same seed. Those of a group stay together, in training where they are more than is
 * set aside; where there are few distinct answers, each part has its share of every one.
 */
export function assign(groups: readonly Entry[][], { validation, test }: SetAside, seed: number): Parts {
  const parts: Parts = { train: [], validation: [], test: [] };
  for (const group of inProportion(groups, seed)) {
    const fits = (part: 'test' | 'validation', wanted: number) => parts[part].length < wanted && group.length <= wanted;
    const part = fits('test', test) ? 'test' : fits('validation', validation) ? 'validation' : 'train';
    for (const entry of group) parts[part].push(entry);
  }
  return parts;
}

/** The order from any stretch of which every class gets its share: each class is spread evenly over [0, 1). */
function inProportion(groups: readonly Entry[][], seed: number): Entry[][] {
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
