/** Something wrong with a data set. It never quotes the data: problems are shown, logged and kept. */
export interface Problem {
  /** Stable name; docs/data.md lists them. */
  code: string;
  /** An error is refused by the platform or spoils the training; a warning is worth a look. */
  severity: 'error' | 'warning';
  /** From 1; absent when it is about the whole file. */
  line?: number;
  /** Where in the line's object, such as `messages[2].role`. */
  path?: string;
  /** What it is, why it hurts and how to mend it. */
  message: string;
}

/** Collects the problems of one example. */
export type Report = (code: string, path: string, message: string) => void;
