import type { PinnedBinary } from './pinned.ts';

/** What a search step works with. */
export interface Search {
  binary: PinnedBinary;
  env: NodeJS.ProcessEnv;
  /** Told, one line each, what is there and cannot be used, and what is being fetched. */
  note: (line: string) => void;
}

/** Nothing is in a place where nothing has to be: worth a word only when nothing is anywhere. */
export class NothingThere extends Error {}

/** One place to look: resolves to the path of an executable, or rejects with one line that says why there is none. */
export type SearchStep = (search: Search) => Promise<string>;
