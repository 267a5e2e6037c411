import { type Ground, runsConform } from '../runs.ts';
import { withTrainers } from '../trainers.ts';
import { instant } from './service/instant.ts';
import { openRegion, serverless } from './support.ts';

/** Of jobs that end at once, with the connection changed so. */
const open = (changes: Record<string, unknown>) => async (): Promise<Ground> => {
  const region = await openRegion(instant);
  const connection = { ...region.connection, ...changes } as typeof region.connection;
  return { connection: () => connection, config: { model: 'tiny' }, close: region.close };
};

runsConform('sagemaker', true, open({}), withTrainers);
runsConform("sagemaker's serverless customization", true, open(serverless('lora')), withTrainers);
