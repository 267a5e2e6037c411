import type { FileHandle } from 'node:fs/promises';

/**
 * How a file is packed, as its first bytes say: `office` is what Excel wrote before XLSX, and writes with a password; `array` is
 * a JSON array.
 */
export type Kind = 'gzip' | 'zstd' | 'parquet' | 'encrypted parquet' | 'zip' | 'office' | 'array' | 'plain';

/** So many bytes tell it. */
export const kindBytes = 4;

export function kindOf(head: Buffer): Kind {
  const magic = head.toString('latin1', 0, kindBytes);
  if (magic.startsWith('\x1f\x8b')) return 'gzip';
  // The second is of a frame to be skipped, with which some begin.
  if (magic === '\x28\xb5\x2f\xfd' || (/^[P-_]/.test(magic) && magic.endsWith('*M\x18'))) return 'zstd';
  if (magic === 'PAR1') return 'parquet';
  if (magic === 'PARE') return 'encrypted parquet';
  if (magic === 'PK\x03\x04') return 'zip';
  if (magic === '\xd0\xcf\x11\xe0') return 'office';
  return magic.replace(/^\xef\xbb\xbf/, '').startsWith('[') ? 'array' : 'plain';
}

export async function kindOfFile(handle: FileHandle): Promise<Kind> {
  const { buffer } = await handle.read(Buffer.alloc(kindBytes), 0, kindBytes, 0);
  return kindOf(buffer);
}
