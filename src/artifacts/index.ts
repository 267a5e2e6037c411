export { folderStore } from './folder.ts';
export type { ArtifactStore, ArtifactWriter } from './store.ts';
