import { instant } from '../platforms/sagemaker/service/instant.ts';
import { openRegion, serverless } from '../platforms/sagemaker/support.ts';
import { withTrainers } from '../platforms/trainers.ts';
import { hostingConforms } from './conform.ts';

/** Of jobs and endpoints that are there at once, with the connection changed so. */
const open = (changes: Record<string, unknown>) => async () => {
  const region = await openRegion(instant);
  const connection = { ...region.connection, ...changes } as typeof region.connection;
  return { connection: () => connection, config: { model: 'tiny' }, close: region.close };
};

hostingConforms('sagemaker', open({}), withTrainers);
hostingConforms("sagemaker's inference components", open(serverless('lora')), withTrainers);
