import type { MigrationRequest } from '../../src/contract/migration.ts';
import type { ServerProcess } from '../../src/embedded/server-process.ts';
import { openRecords } from '../../src/records/index.ts';
import { type Account, day, filledAccount, validationLines } from '../adopt/account.ts';
import { until } from '../faults/support/outcome.ts';
import { openStorage, remove, startTrainer } from '../platforms/huggingface/support.ts';
import { withTrainers } from '../platforms/trainers.ts';
import { type Pipeline, pipeline } from '../support/pipeline.ts';
import { unique } from '../support/temporal.ts';

// From an account that closes to a trainer of one's own, which really trains on this machine's processor.

/** Python takes its time on a machine that does other things too. */
const patienceMs = 600_000;

withTrainers("a trainer of one's own", () => {
  const taskQueue = unique('trainers');
  let storage: string;
  let at: Pipeline;
  let account: Account;
  let trainer: ServerProcess;

  beforeAll(async () => {
    storage = await openStorage();
    const training = { method: 'full', learningRate: 3e-3, batchSize: 8, maxTokens: 96 };
    const own = { platform: 'huggingface', storage, taskQueue, training, heartbeatSeconds: 3 };
    at = await pipeline({ models: { 'stand-in-mini': { shutdownDate: day(30) } } }, {}, undefined, [], { own });
    trainer = await startTrainer(storage, taskQueue);
    account = await filledAccount(at.simulator);
    await (await at.client.adopt({ connection: 'simulator', budgetUsd: 5, dryRun: false, by: 'kim' })).result();
  }, patienceMs);
  afterAll(async () => {
    await trainer?.kill();
    await at?.close();
    await remove(storage);
  });

  test(
    'takes a model over that dies meanwhile, though the trainer dies too',
    async () => {
      const request: MigrationRequest = {
        ...{ model: 'support-desk', connection: 'own', baseModel: 'tiny', margin: 0.4 },
        changes: {
          pollSeconds: 0.5,
          split: { validation: 0 },
          hyperparameters: { epochs: 30 },
          // A model that knows nothing would go on to the end of its context.
          evaluation: { maxOutputTokens: 8 },
          gate: { minimumExamples: 5 },
        },
      };
      const migration = await at.client.migrate(request);
      const run = await migration.run();
      await until(
        async () => await run.progress(),
        ({ live, reason }) => reason !== undefined || (live?.metrics?.step ?? 0) > 20,
        patienceMs,
      );
      await trainer.kill();
      await account.client.models.delete(account.models.second);
      trainer = await startTrainer(storage, taskQueue);

      const { registered, verdict } = await migration.result();
      expect(verdict.says).toMatch(/(no worse|better) than the champion/);
      expect(registered).toMatchObject({ name: 'support-desk', promoted: true });
      const { rivals, model } = await run.result();
      const old = rivals.find(({ role }) => role === 'champion')?.evaluation;
      expect(old).toMatchObject({ model: account.models.second, examples: validationLines.length, errors: 0 });
      const records = await openRecords(at.settings.records);
      expect(await records.resolve('support-desk')).toMatchObject({ connection: 'own', modelId: model });
      await records.close();
    },
    patienceMs,
  );
});
