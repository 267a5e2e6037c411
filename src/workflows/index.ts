export { account } from './account/index.ts';
export { fineTune } from './fine-tune.ts';
