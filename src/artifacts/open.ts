import { atHand } from './at-hand.ts';
import { bucketStore } from './bucket.ts';
import { folderStore } from './folder.ts';
import type { ArtifactStore } from './store.ts';

export interface StorePlace {
  /** A folder: the store, or where a bucket's artifacts are at hand. */
  artifacts: string;
  /** `s3://BUCKET/PREFIX`: then this is the store. */
  artifactBucket?: string | undefined;
  /** Of the folder, where there is a bucket. */
  artifactCacheBytes?: number | undefined;
}

const usualCacheBytes = 20 * 1024 ** 3;

/** The artifact store that the settings name. Nothing is touched yet. */
export function openStore({
  artifacts,
  artifactBucket,
  artifactCacheBytes = usualCacheBytes,
}: StorePlace): ArtifactStore {
  const folder = folderStore(artifacts);
  return artifactBucket ? bucketStore(artifactBucket, folder, atHand(artifacts, artifactCacheBytes)) : folder;
}
