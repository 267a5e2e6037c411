import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unique } from '../../../support/temporal.ts';
import { runsConform } from '../../runs.ts';
import { withTrainers } from '../../trainers.ts';
import { answersYes, remove, startTrainer } from '../support.ts';
import { hubJobs, namespace, startHub } from './service.ts';

// Jobs end at once; a host of one's own serves what they are said to have made.
runsConform(
  'Hugging Face Jobs',
  true,
  async () => {
    const storage = await mkdtemp(join(tmpdir(), 'tunewright-trainers-'));
    const hub = await startHub('instant');
    hub.repositories.set(`models/${namespace}/tiny`, new Map());
    const taskQueue = unique('serving');
    const host = await startTrainer(storage, taskQueue, ['--serve', answersYes]);
    return {
      connection: () => ({ platform: 'huggingface', taskQueue, jobs: hubJobs(hub), heartbeatSeconds: 10 }),
      config: { model: `${namespace}/tiny`, evaluation: { maxExamples: 2 } },
      async close() {
        await host.kill();
        await hub.close();
        await remove(storage);
      },
    };
  },
  withTrainers,
);
