export { folderStore } from './folder.ts';
export type { ArtifactStore } from './store.ts';
