import { startGateway } from '../../../src/gateway/index.ts';
import { until } from '../../faults/support/outcome.ts';
import { pipeline } from '../../support/pipeline.ts';
import { withTrainers } from '../trainers.ts';
import { startSns, topic } from './service/sns.ts';
import { openRegion, type Region } from './support.ts';

/** Longer than any test: what a run knows before it has been told. */
const pollSeconds = 3600;

withTrainers('events of EventBridge', () => {
  let region: Region;
  beforeAll(async () => {
    region = await openRegion();
  });
  afterAll(async () => await region.close());

  test('one that comes through SNS wakes the run that waits for the job; one about the same change does not again', async () => {
    const sns = await startSns();
    const { endpoints } = region.connection as { endpoints?: object };
    const changes = { webhookTopicArn: topic, endpoints: { ...endpoints, sns: sns.url } };
    const mine = { ...region.connection, platform: 'sagemaker', ...changes };
    const at = await pipeline({}, { connections: { mine } });
    const gateway = await startGateway(at.settings);
    try {
      const run = await at.client.start(at.config({ connection: 'mine', model: 'tiny', pollSeconds }));
      const { job } = await until(
        async () => await run.progress(),
        ({ live, status }) => live?.platformStatus !== undefined || status !== 'running',
      );
      const id = job?.id ?? '';
      region.sagemaker.training.move(id, 'Failed', { status: 'Failed', reason: 'AlgorithmError: diverged: NaN' });
      const deliver = async () => {
        const detail = { TrainingJobName: id, TrainingJobStatus: 'Failed', SecondaryStatus: 'Failed' };
        const event = {
          id: crypto.randomUUID(),
          source: 'aws.sagemaker',
          'detail-type': 'SageMaker Training Job State Change',
          detail,
        };
        const answer = await fetch(`${gateway.url}/webhooks/mine`, {
          method: 'POST',
          headers: { 'x-amz-sns-message-type': 'Notification', 'content-type': 'text/plain; charset=UTF-8' },
          body: sns.message({ Message: JSON.stringify(event) }),
        });
        return await answer.json();
      };
      expect(await until(deliver, (told) => (told as { runs: number }).runs > 0)).toEqual({ received: true, runs: 1 });
      expect(await deliver()).toEqual({ received: true, runs: 0, duplicate: true });
      await expect(run.result()).rejects.toMatchObject({ code: 'job_failed' });
    } finally {
      await gateway.close();
      await at.close();
      await sns.close();
    }
  });
});
