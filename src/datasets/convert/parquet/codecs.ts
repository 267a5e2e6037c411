// Node before 22.15 has no Zstandard: a named import of it would fail there.
import zlib from 'node:zlib';
import type { Compressors } from 'hyparquet';
import { decompressLz4, decompressLz4Raw, decompressSnappy } from 'hyparquet-compressors';
import { noZstd } from '../../reading/unpack.ts';

/** Pages are of about 1 MB; one of columns with long texts may be larger. */
const maxPageBytes = 256 * 1024 * 1024;

/** Decompressors of a page, which hold no more than the page says it has. Throw for a page of over 256 MiB. */
export function codecs(name: string): Compressors {
  const limited =
    (decompress: (page: Uint8Array, bytes: number) => Uint8Array) => (page: Uint8Array, bytes: number) => {
      if (!(bytes >= 0 && bytes <= maxPageBytes)) throw new RangeError('a page is too large');
      // Nothing is compressed where all values of a page are null.
      return bytes === 0 ? new Uint8Array() : decompress(page, bytes);
    };
  return {
    SNAPPY: limited(decompressSnappy),
    GZIP: limited((page, bytes) => zlib.unzipSync(page, { maxOutputLength: bytes })),
    BROTLI: limited((page, bytes) => zlib.brotliDecompressSync(page, { maxOutputLength: bytes })),
    ZSTD: limited((page, bytes) => {
      if (typeof zlib.zstdDecompressSync !== 'function') throw noZstd(name);
      return zlib.zstdDecompressSync(page, { maxOutputLength: bytes });
    }),
    LZ4: limited(decompressLz4),
    LZ4_RAW: limited(decompressLz4Raw),
  };
}
