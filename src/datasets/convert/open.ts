import { TunewrightError } from '../../contract/errors.ts';
import { kindOfFile } from '../reading/kind.ts';
import { openSource } from '../reading/source.ts';
import { type Rows, readRows } from './format.ts';
import { type OpenInput, readInput } from './input.ts';
import { parquetRows } from './parquet/rows.ts';
import { sheetRows } from './xlsx/rows.ts';

export interface OpenOptions {
  /** The sheet of a spreadsheet; its first when absent. */
  sheet?: string | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: OpenInput['onProgress'];
}

export interface OpenedRows extends Rows {
  close(): Promise<void>;
}

/**
 * The rows of a file, whose kind its content tells. Throws as `openSource` and the reader of its kind do, and `invalid_config`
 * where a sheet is named and there are none.
 */
export async function openRows(path: string, name: string, options: OpenOptions): Promise<OpenedRows> {
  const { sheet, signal, onProgress } = options;
  const { handle, bytes } = await openSource(path, name);
  try {
    const input = { handle, bytes, name, signal, onProgress };
    const kind = await kindOfFile(handle);
    if (kind !== 'zip' && sheet !== undefined) throw noSheets(name);
    if (kind === 'zip') return { ...(await sheetRows(input, sheet)), close: () => handle.close() };
    if (kind === 'parquet') {
      const { close, ...read } = await parquetRows(input);
      // The thread first: it reads by the handle's number, which another file may have next.
      return { ...read, close: async () => await close().finally(async () => await handle.close()) };
    }
    return await streamed(input);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function streamed(input: OpenInput): Promise<OpenedRows> {
  const content = readInput(input);
  try {
    const rows = await readRows(content, input.name);
    return {
      ...rows,
      async close() {
        await content.return(undefined);
        await input.handle.close();
      },
    };
  } catch (error) {
    await content.return(undefined);
    throw error;
  }
}

function noSheets(name: string): TunewrightError {
  return new TunewrightError('invalid_config', `A sheet is named, and ${name} is no spreadsheet.`, {
    advice: 'Convert spreadsheets by themselves with --sheet, and other files without.',
  });
}
