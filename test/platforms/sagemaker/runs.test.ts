import { runsConform } from '../runs.ts';
import { withTrainers } from '../trainers.ts';
import { instant } from './service/instant.ts';
import { openRegion } from './support.ts';

runsConform(
  'sagemaker',
  true,
  async () => {
    const region = await openRegion(instant);
    return { connection: () => region.connection, config: { model: 'tiny' }, close: region.close };
  },
  withTrainers,
);
