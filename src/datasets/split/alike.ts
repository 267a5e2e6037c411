import type { Method } from '../../contract/config.ts';
import { examplesPerClass } from '../inspection/classes.ts';
import { type Removable, withExample } from '../inspection/removable.ts';
import { linesOf, type Problem } from '../problem.ts';
import { type Encoding, tokenCounter, usualEncoding } from '../tokens.ts';
import { type Entry, readEntries, templatesOf } from './entries.ts';
import { leaks } from './leaks.ts';
import { nearGroups } from './near.ts';

/** Examples that ask the same, or nearly so, in groups; most groups are of one. */
export function groupsOfLike(entries: readonly Entry[]): Entry[][] {
  const same = Map.groupBy(entries, ({ prompt }) => prompt);
  const lists = [...same.values()];
  const alike = nearGroups(lists.map(([first]) => (first as Entry).likeness));
  const groups = new Map<number, Entry[]>();
  for (const [at, members] of lists.entries()) {
    const group = groups.get(alike[at] as number);
    if (!group) groups.set(alike[at] as number, members);
    else for (const entry of members) group.push(entry);
  }
  return [...groups.values()];
}

/** The same groups, with those joined that share a value of the field by which a split is grouped. */
export function joinedByField(groups: readonly Entry[][]): Entry[][] {
  const joined = new Set<Entry[]>();
  const ofField = new Map<string, Entry[]>();
  for (const group of groups) {
    const fields = new Set(group.map(({ group: field }) => field).filter((field) => field !== undefined));
    const others = new Set([...fields].map((field) => ofField.get(field)).filter((other) => other !== undefined));
    const [most = [], ...fewer] = [...others, [...group]].sort((a, b) => b.length - a.length);
    joined.add(most);
    for (const field of fields) ofField.set(field, most);
    for (const list of fewer) {
      joined.delete(list);
      for (const entry of list) {
        most.push(entry);
        if (entry.group !== undefined) ofField.set(entry.group, most);
      }
    }
  }
  return [...joined];
}

/** A warning of those that ask nearly what another example does; equal ones are told by the checks of each line. */
export function nearDuplicates(groups: readonly Entry[][]): Problem[] {
  const later = laterOf(groups);
  if (later.length === 0) return [];
  later.sort((a, b) => a.line - b.line);
  const otherwise = answeredOtherwise(groups);
  const labels =
    otherwise.length > 0
      ? ` ${otherwise.length} of them ${otherwise.length === 1 ? 'is' : 'are'} answered otherwise than that (${linesOf(otherwise)}): one of the two answers is likely wrong.`
      : '';
  const who = later.length === 1 ? 'One example asks' : `${later.length} examples ask`;
  const message = `${who} nearly what another does (${linesOf(later)}): such a question counts for several, in training and in an evaluation; a split keeps them together. Remove those that add nothing.${labels}`;
  return [{ code: 'near_duplicates', severity: 'warning', message }];
}

/** All but the first of each group; not those that ask the very same. */
function laterOf(groups: readonly Entry[][]): Entry[] {
  return groups.flatMap(([first, ...others]) => others.filter(({ prompt }) => prompt !== first?.prompt));
}

/** Of those, where there are few distinct answers: labels, not answers in free text, which always differ. */
function answeredOtherwise(groups: readonly Entry[][]): Entry[] {
  const all = groups.flat();
  if (new Set(all.map(({ answer }) => answer)).size * examplesPerClass > all.length) return [];
  const differing = groups.map(([first, ...others]) =>
    first ? [first, ...others.filter(({ answer }) => answer !== first.answer)] : [],
  );
  return laterOf(differing).sort((a, b) => a.line - b.line);
}

export interface AlikeOptions {
  method: Method;
  /** Whether examples of the file are compared with each other. */
  within: boolean;
  /** The training file, where the file is held out from it. */
  train?: string | undefined;
  /** Tokens are counted with it; the current models' when absent. */
  encoding?: Encoding | undefined;
  /** Tokens that models read at once. */
  contexts?: readonly number[] | undefined;
  signal?: AbortSignal | undefined;
}

export interface Alike {
  problems: Problem[];
  /** Of the file, where its examples were compared with each other: those that ask nearly what another does. */
  removable?: Removable | undefined;
}

/** What examples ask the same, or nearly so. Throws `invalid_data` at the first line that is no example. */
export async function findAlike(path: string, options: AlikeOptions): Promise<Alike> {
  const { method, within, train, encoding = usualEncoding, contexts = [], signal } = options;
  if (!within && train === undefined) return { problems: [] };
  const counter = tokenCounter(encoding);
  const templates = await templatesOf(train === undefined ? [path] : [train, path], { method, signal });
  const read = async (file: string) => await readEntries(file, { method, counter, templates, signal });
  const entries = await read(path);
  const groups = within ? groupsOfLike(entries) : [];
  let removable: Removable | undefined;
  for (const entry of laterOf(groups)) removable = withExample(removable, entry, contexts);
  return {
    problems: [...nearDuplicates(groups), ...(train === undefined ? [] : leaks(await read(train), entries))],
    ...(removable ? { removable } : {}),
  };
}
