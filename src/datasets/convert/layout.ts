import type { Method } from '../../contract/config.ts';
import type { Finding } from '../problem.ts';
import type { JsonRecord } from '../reading/json.ts';

/** What comes of a row: a line of the file that is made, and what is worth knowing of it. */
export interface Converted {
  example: JsonRecord;
  warning?: Finding;
}

/** How the rows of a file are meant. `convert` throws `RowFault`. */
export interface Layout {
  name: string;
  kind: Method;
  /** Columns without which no row can be converted. */
  needs: readonly string[];
  convert(row: JsonRecord, system: string | undefined): Converted;
}
