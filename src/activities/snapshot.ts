import { resolve } from 'node:path';
import type { ArtifactRef } from '../contract/artifact.ts';
import { TunewrightError } from '../contract/errors.ts';
import { dataSource } from '../contract/source.ts';
import { isPacked, readContent, unpacked } from '../datasets/index.ts';
import { readS3, readWeb, shownAddress } from '../sources/index.ts';
import type { Dependencies } from './dependencies.ts';

export interface SnapshotOptions {
  connection: string;
  signal: AbortSignal;
  onProgress(done: number, total: number | undefined): void;
}

/**
 * Keeps what a run names as its data as it is now, decompressed, whatever happens to it afterwards. Throws as its source and
 * decompression do.
 */
export async function snapshot(
  { platforms, store, dataDirectory, dataHosts }: Dependencies,
  text: string,
  { connection, signal, onProgress }: SnapshotOptions,
): Promise<ArtifactRef> {
  const source = dataSource(text);
  const name = shownSource(text);
  switch (source?.kind) {
    case 'path': {
      const path = resolve(dataDirectory, source.path);
      if (await isPacked(path)) return await store.put(readContent(path, { signal, onProgress }));
      return await store.putFile(path, signal);
    }
    case 'web':
      return await store.put(unpacked(readWeb(source.url, dataHosts, { signal, onProgress }), { name }));
    case 's3':
      return await store.put(unpacked(readS3(source, { signal, onProgress }), { name }));
    case 'platform': {
      const platform = platforms.get(connection);
      if (platform.readFile) return await store.put(unpacked(platform.readFile(source.id, signal), { name }));
      throw new TunewrightError('invalid_config', `Files at ${platform.name} cannot be read back.`, {
        advice: 'Name the data by a path, or by an address that begins with https:// or s3://.',
      });
    }
    case 'artifact':
      return await store.put(unpacked(store.read({ ...source, uri: text }), { name }));
    default:
      throw new TunewrightError('invalid_config', 'The data are named by an address that cannot be read.', {
        advice: 'Use a path, https://HOST/PATH, s3://BUCKET/KEY, platform:FILE_ID, or artifact:SHA256-BYTES.',
      });
  }
}

/** The name of data for people. */
export function shownSource(text: string): string {
  return dataSource(text)?.kind === 'web' ? shownAddress(text) : text;
}
