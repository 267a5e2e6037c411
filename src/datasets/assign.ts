import type { Entry } from './entries.ts';
import { seededRandom } from './random.ts';
import { shuffled } from './shuffle.ts';

/** With fewer examples an answer than this on average, there are no classes to keep in proportion. */
const examplesPerClass = 5;

export interface Parts {
  train: Entry[];
  validation: Entry[];
  test: Entry[];
}

/** How many examples to set aside; a little more are when many ask the same. */
export interface SetAside {
  validation: number;
  test: number;
}

/**
 * Divides examples, the same way for the same seed. Those with the same prompt stay together; where there are few
 * distinct answers, each part has its share of every one of them.
 */
export function assign(entries: readonly Entry[], { validation, test }: SetAside, seed: number): Parts {
  const parts: Parts = { train: [], validation: [], test: [] };
  for (const group of inProportion(groupsByPrompt(entries), seed)) {
    const part = parts.test.length < test ? 'test' : parts.validation.length < validation ? 'validation' : 'train';
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

function groupsByPrompt(entries: readonly Entry[]): Entry[][] {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) addTo(groups, entry.prompt, entry);
  return [...groups.values()];
}

function addTo<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
