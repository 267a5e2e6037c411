import type { PinnedBinary } from './pinned.ts';

/** What a search step works with. */
export interface Search {
  binary: PinnedBinary;
  env: NodeJS.ProcessEnv;
  /** Told, one line each, what was missed and what is being fetched. */
  note: (line: string) => void;
}

/** One place to look: resolves to the path of an executable, or rejects with one line that says why there is none. */
export type SearchStep = (search: Search) => Promise<string>;
