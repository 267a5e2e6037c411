export { readS3 } from './s3.ts';
export { readWeb, shownAddress } from './web.ts';
