export { account } from './account/index.ts';
export { adopt } from './adopt.ts';
export { checkCatalogues } from './catalogues.ts';
export { checkExpiring } from './expiring.ts';
export { fineTune } from './fine-tune.ts';
export { migrateModel } from './migrate/index.ts';
export { planMigration } from './migrate/plan.ts';
export { retireVersion } from './migrate/retire.ts';
