import { runsConform } from '../runs.ts';
import { azureStandIn } from './support.ts';

runsConform('azure', true, async () => ({
  connection: (url) => azureStandIn(url),
  config: {},
  close: async () => {},
}));
