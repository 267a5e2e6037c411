export { folderStore } from './folder.ts';
export { openStore, type StorePlace } from './open.ts';
export type { ArtifactStore } from './store.ts';
