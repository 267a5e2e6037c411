export { readS3 } from './s3.ts';
export { s3Client, s3Failure } from './s3-client.ts';
export { putS3 } from './s3-put.ts';
export { readWeb, shownAddress } from './web.ts';
