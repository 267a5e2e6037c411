export { account } from './account/index.ts';
export { adopt } from './adopt.ts';
export { checkCatalogues } from './catalogues.ts';
export { checkExpiring } from './expiring.ts';
export { fineTune } from './fine-tune.ts';
export { planMigration } from './migrate.ts';
