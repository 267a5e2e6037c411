import type { GraderConfig } from '../../../src/contract/graders.ts';
import { failureOf, spec } from '../support.ts';
import { withTrainers } from '../trainers.ts';
import { openRegion, type Region } from './support.ts';

const newKey = () => `tunewright-${crypto.randomUUID()}-1`;
const since = Date.now();

withTrainers('training jobs of SageMaker', () => {
  let region: Region;
  beforeAll(async () => {
    region = await openRegion();
  });
  afterAll(async () => await region.close());
  beforeEach(() => {
    region.sagemaker.faults.length = 0;
    region.sagemaker.calls.length = 0;
  });

  const newJob = async (changes = {}) => {
    const key = newKey();
    return await region.platform.createJob(spec(`${key}-train.jsonl`, { key, model: 'tiny', ...changes }));
  };

  test('a job is created once, however often it is asked for', async () => {
    const key = newKey();
    const wanted = spec(`${key}-train.jsonl`, { key, model: 'tiny' });
    const job = {
      id: key,
      state: 'waiting',
      platformStatus: 'Starting',
      model: null,
      trainingFileId: `${key}-train.jsonl`,
    };
    expect(await Promise.all([region.platform.createJob(wanted), region.platform.createJob(wanted)])).toMatchObject([
      job,
      job,
    ]);
    expect(await region.platform.findJobs({ key, trainingFileIds: [], since })).toMatchObject([job]);
    expect(await region.platform.findJobs({ key: newKey(), trainingFileIds: [], since })).toEqual([]);
  });

  test('a create whose answer is lost is found', async () => {
    const key = newKey();
    region.sagemaker.faults.push({ operation: 'CreateTrainingJob', after: true });
    const wanted = spec('file', { key, model: 'tiny' });
    const lost = await region.called(region.connection, 'createJob', wanted);
    expect(lost).toEqual({ code: 'answer_lost', retry: 'unsure' });
    expect(await region.platform.findJobs({ key, trainingFileIds: [], since })).toMatchObject([{ id: key }]);
  });

  test('a job of that name that trains something else is a contradiction', async () => {
    const key = newKey();
    await region.platform.createJob(spec('file', { key, model: 'tiny' }));
    const other = region.platform.createJob(spec('another-file', { key, model: 'tiny' }));
    expect(await failureOf(other)).toMatchObject({ code: 'contradiction', retry: 'never' });
  });

  test('the job names data, base model, checkpoints, hyperparameters, limits and its run', async () => {
    const changes = {
      ...region.connection,
      training: {
        ...(region.connection?.training as object),
        spot: true,
        environment: { HF_TOKEN: 'of-the-hub' },
        jobFields: { VpcConfig: { Subnets: ['subnet-1'], SecurityGroupIds: ['sg-1'] } },
      },
    };
    const key = newKey();
    await region.connect(changes).createJob(
      spec('train.jsonl', {
        key,
        model: 'tiny',
        runName: `Ünïcode / ${'x'.repeat(300)} | #`,
        validationFileId: 'valid.jsonl',
      }),
    );
    const { request } = region.sagemaker.training.jobs.get(key) ?? {};
    const at = (name: string) => `s3://tunewright-tests/team/${name}`;
    const channel = (ChannelName: string, S3Uri: string) => ({
      ChannelName,
      DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri } },
    });
    expect(request).toMatchObject({
      TrainingJobName: key,
      AlgorithmSpecification: {
        ContainerEntrypoint: ['python', '-m', 'tunewright_trainer.sagemaker'],
        MetricDefinitions: expect.arrayContaining([{ Name: 'trainLoss', Regex: '\\btrainLoss=([0-9.eE+-]+)' }]),
      },
      InputDataConfig: [
        channel('training', at('files/train.jsonl')),
        channel('validation', at('files/valid.jsonl')),
        channel('model', 's3://tunewright-tests/models/tiny/'),
      ],
      OutputDataConfig: { S3OutputPath: at('jobs') },
      CheckpointConfig: { S3Uri: at(`checkpoints/${key}`) },
      EnableManagedSpotTraining: true,
      StoppingCondition: { MaxRuntimeInSeconds: 3600, MaxWaitTimeInSeconds: 7200 },
      Environment: { HF_TOKEN: 'of-the-hub' },
      HyperParameters: {
        model: '"tiny"',
        epochs: '3',
        batchSize: '8',
        seed: '7',
        method: '"full"',
        learningRate: '0.003',
      },
      VpcConfig: { Subnets: ['subnet-1'] },
      Tags: [
        { Key: 'tunewright_key', Value: key },
        { Key: 'tunewright_run', Value: `Ünïcode / ${'x'.repeat(246)}` },
        { Key: 'tunewright_model', Value: 'tiny' },
      ],
    });
  });

  test.each([
    [{}, '0.1'],
    [{ beta: 'auto' as const }, '0.1'],
    [{ beta: 0.3 }, '0.3'],
  ])('a job by pairs has a beta: %j', async (given, beta) => {
    const key = newKey();
    const hyperparameters = { epochs: 3, batchSize: 8, learningRateMultiplier: 1, ...given };
    await region.platform.createJob(spec('train.jsonl', { key, method: 'dpo', hyperparameters }));
    const { request } = region.sagemaker.training.jobs.get(key) ?? {};
    expect(request?.HyperParameters).toMatchObject({ objective: '"dpo"', beta, method: '"full"' });
  });

  test('a reward is told in as many hyperparameters as it takes', async () => {
    const source = `def grade(sample, item):\n    return 1 # ${'x'.repeat(1000)}`;
    const job = (grader: GraderConfig) => {
      const key = newKey();
      const reward = { grader, maxOutputTokens: 32 };
      return {
        key,
        creating: region.platform.createJob(spec('train.jsonl', { key, method: 'reinforcement', reward })),
      };
    };
    const { key, creating } = job({ type: 'python', source });
    await creating;
    const told = region.sagemaker.training.jobs.get(key)?.request?.HyperParameters as Record<string, string>;
    expect(Math.max(...Object.values(told).map((value) => value.length))).toBe(256);
    const parts = Array.from({ length: 5 }, (_, at) => told[`reinforcement.${at}`]);
    expect(JSON.parse(parts.join(''))).toEqual({ grader: { type: 'python', source }, answers: 8, answerTokens: 32 });
    const { creating: tooLong } = job({ type: 'python', source: `${source}${'x'.repeat(23_000)}` });
    expect(await failureOf(tooLong)).toMatchObject({ code: 'invalid_config' });
  });

  test.each([
    ['InProgress', 'Downloading', 'waiting'],
    ['InProgress', 'Training', 'running'],
    ['InProgress', 'Interrupted', 'waiting'],
    ['InProgress', 'Uploading', 'running'],
    ['Stopping', 'Stopping', 'running'],
    ['Stopped', 'Stopped', 'cancelled'],
    ['Stopped', 'MaxRuntimeExceeded', 'failed'],
    ['Stopped', 'MaxWaitTimeExceeded', 'failed'],
    ['Failed', 'Failed', 'failed'],
    ['Deleting', 'Stopped', 'unknown'],
    ['NeverSeenBefore', 'Training', 'unknown'],
  ])('%s, %s: %s', async (status, secondary, state) => {
    const { id } = await newJob();
    region.sagemaker.training.move(id, secondary, { status });
    expect(await region.platform.getJob(id)).toMatchObject({ state, platformStatus: secondary });
  });

  test.each([
    [
      'AlgorithmError: diverged: The loss is no number., exit code: 1',
      { code: 'diverged', message: 'The loss is no number., exit code: 1' },
    ],
    ['AlgorithmError: , exit code: 137', { code: 'AlgorithmError', message: ', exit code: 137' }],
    ['CapacityError: Unable to provision requested ML compute capacity.', { code: 'CapacityError' }],
    ['Something else entirely', { code: 'unknown', message: 'Something else entirely' }],
  ])('why it failed: %s', async (reason, error) => {
    const { id } = await newJob();
    region.sagemaker.training.move(id, 'Failed', { status: 'Failed', reason });
    expect((await region.platform.getJob(id)).error).toMatchObject(error);
  });

  test('what it cost is the time that was billed', async () => {
    const { id } = await newJob();
    const { move, jobs } = region.sagemaker.training;
    move(id, 'Training');
    move(id, 'Completed', { status: 'Completed' });
    const job = jobs.get(id);
    if (job) job.endedAt = (job.startedAt ?? 0) + 1_000_000;
    await region.put(`team/checkpoints/${id}/result.json`, '{"trainedTokens": 123, "steps": 9}');
    expect(await region.platform.getJob(id)).toMatchObject({
      model: `tiny:${id}`,
      trainedTokens: 123,
      trainingUsd: expect.closeTo(1),
    });
    expect(region.platform.trainingUsdAtMost).toBe(3.6);
  });

  test('one that is completed without a word of its container has no model', async () => {
    const { id } = await newJob();
    region.sagemaker.training.move(id, 'Completed', { status: 'Completed' });
    expect(await region.platform.getJob(id)).toMatchObject({
      state: 'failed',
      model: null,
      error: { code: 'no_model' },
    });
  });

  test('a tuned model is tuned on: its archive is what the job begins with', async () => {
    const before = newKey();
    const { id } = await newJob({ model: `tiny:${before}` });
    const { InputDataConfig } = region.sagemaker.training.jobs.get(id)?.request ?? {};
    const S3Uri = `s3://tunewright-tests/team/jobs/${before}/output/model.tar.gz`;
    expect(InputDataConfig).toContainEqual(
      expect.objectContaining({
        ChannelName: 'model',
        DataSource: { S3DataSource: expect.objectContaining({ S3Uri }) },
      }),
    );
    region.sagemaker.training.move(id, 'Completed', { status: 'Completed' });
    await region.put(`team/checkpoints/${id}/result.json`, '{}');
    expect((await region.platform.getJob(id)).model).toBe(`tiny:${before}:${id}`);
    await region.put(`team/jobs/${id}/output/model.tar.gz`, 'weights');
    expect(await region.platform.getModel(`tiny:${before}:${id}`)).toEqual({ id: `tiny:${before}:${id}` });
  });

  test('it is cancelled, also twice, and when it has ended; one that is not there is named', async () => {
    const { id } = await newJob();
    for (const _ of [1, 2]) expect((await region.platform.cancelJob(id)).platformStatus).toBe('Stopping');
    region.sagemaker.training.move(id, 'Stopped', { status: 'Stopped' });
    expect((await region.platform.cancelJob(id)).state).toBe('cancelled');
    expect(await failureOf(region.platform.cancelJob(newKey()))).toMatchObject({ code: 'not_found' });
    expect(await failureOf(region.platform.getJob(newKey()))).toMatchObject({ code: 'not_found', status: 404 });
    expect(await failureOf(region.platform.pauseJob(id))).toMatchObject({ code: 'refused' });
  });

  test('more jobs than the quota allows wait; a quota of none is refused', async () => {
    const { training } = region.sagemaker;
    training.quota = 1;
    expect(await failureOf(newJob())).toMatchObject({ code: 'no_capacity', retry: 'yes', retryAfterMs: 60_000 });
    training.quota = 0;
    expect(await failureOf(newJob())).toMatchObject({ code: 'refused', retry: 'never' });
    training.quota = 1000;
  });

  test.each([
    [{ status: 400, type: 'ThrottlingException', message: 'Rate exceeded' }, 'rate_limited', 'yes'],
    [{ status: 400, type: 'ExpiredTokenException', message: 'The security token is expired' }, 'wrong_key', 'never'],
    [
      { status: 400, type: 'UnrecognizedClientException', message: 'The security token is invalid' },
      'wrong_key',
      'never',
    ],
    [{ status: 400, type: 'AccessDeniedException', message: 'not authorized to perform' }, 'forbidden', 'never'],
    [{ status: 400, type: 'ValidationException', message: 'Could not assume role' }, 'refused', 'never'],
    [{ status: 500, type: 'InternalFailure', message: 'Internal error' }, 'platform_unavailable', 'unsure'],
    [{ status: 503, type: 'ServiceUnavailable', message: 'Unavailable' }, 'platform_unavailable', 'unsure'],
    [{ status: 400, type: 'RequestTimeTooSkewed', message: 'The clock is wrong' }, 'platform_unavailable', 'unsure'],
    [{ status: 502, text: '<html>Bad gateway</html>' }, 'platform_unavailable', 'unsure'],
    [{ status: 200, text: '<html>Welcome</html>' }, 'bad_answer', 'unsure'],
  ])('a create that is answered %j is %s', async (answer, code, retry) => {
    region.sagemaker.faults.push({ operation: 'CreateTrainingJob', answer });
    expect(await failureOf(newJob())).toMatchObject({ code, retry });
    expect(region.sagemaker.calls).toEqual(['CreateTrainingJob']);
  });

  test('without credentials it says where to get some', async () => {
    const { AWS_ACCESS_KEY_ID: id, ...others } = process.env;
    const none = {
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    };
    process.env = { ...others, ...none };
    try {
      expect(await failureOf(region.connect({}).checkAccess())).toMatchObject({ code: 'missing_key', retry: 'never' });
    } finally {
      process.env = { ...others, AWS_ACCESS_KEY_ID: id };
    }
  });

  test('what the account holds of this software: all pages, and nothing of others', async () => {
    const prefix = `tunewright-${crypto.randomUUID()}`;
    const keys = ['1', '2', '3'].map((attempt) => `${prefix}-${attempt}`);
    for (const key of keys)
      await region.platform.createJob(spec(`${key}-train`, { key, model: 'tiny', runName: 'mine' }));
    await region.platform.createJob(spec('file', { key: `other-${prefix}`, model: 'tiny' }));
    await region.put(`team/files/${prefix}-1-train.jsonl`, 'a line\n');
    for (const key of keys.slice(0, 2)) {
      await region.put(`team/checkpoints/${key}/result.json`, '{}');
      region.sagemaker.training.move(key, 'Completed', { status: 'Completed' });
    }
    await region.put(`team/jobs/${prefix}-1/output/model.tar.gz`, 'weights');
    const { jobs, models, files } = await region.platform.listHoldings(prefix);
    expect(jobs.map(({ key }) => key).sort()).toEqual(keys);
    expect(jobs.every(({ runName, createdAt }) => runName === 'mine' && createdAt >= since)).toBe(true);
    expect([...models]).toEqual([`tiny:${prefix}-1`]);
    expect(files).toMatchObject([{ name: `${prefix}-1-train.jsonl`, bytes: 7 }]);
  });

  test('what SageMaker and the container tell are events, in order of time; curve and checkpoints are read', async () => {
    const { id } = await newJob();
    const { move, jobs } = region.sagemaker.training;
    move(id, 'Training');
    const [started = { at: 0 }, trains = { at: 0 }] = jobs.get(id)?.transitions ?? [];
    started.at = Date.parse('2026-11-01T10:00:00Z');
    trains.at = Date.parse('2026-11-01T10:05:00Z');
    const lines = [
      { at: '2026-11-01T10:05:10+00:00', level: 'info', message: 'Training begins at step 0 of 40.' },
      {
        at: '2026-11-01T10:06:00+00:00',
        level: 'info',
        message: 'Step 10 of 40.',
        metrics: { step: 10, trainLoss: 2 },
      },
      {
        at: '2026-11-01T10:07:00+00:00',
        level: 'info',
        message: 'Step 20 of 40.',
        metrics: { step: 20, trainLoss: 1 },
      },
    ];
    await region.put(
      `team/checkpoints/${id}/events.jsonl`,
      `${lines.map((line) => JSON.stringify(line)).join('\n')}\n{"cut`,
    );
    const all = await region.platform.newEvents(id, undefined);
    expect(all.map(({ message }) => message)).toEqual([
      'Step 20 of 40.',
      'Step 10 of 40.',
      'Training begins at step 0 of 40.',
      `Training: Training of ${id}`,
      `Starting: Starting of ${id}`,
    ]);
    expect(await region.platform.newEvents(id, all[2]?.id)).toEqual(all.slice(0, 2));
    expect(await region.platform.trainingCurve(id)).toEqual([
      { step: 10, trainLoss: 2 },
      { step: 20, trainLoss: 1 },
    ]);
    for (const step of [10, 20]) {
      await region.put(`team/checkpoints/${id}/checkpoints/checkpoint-${step}/model.safetensors`, 'weights');
    }
    await region.put(`team/checkpoints/${id}/checkpoints/checkpoint-10/whole.json`, '{}');
    await region.put(`team/checkpoints/${id}/result.json`, '{"trainedTokens": 123}');
    move(id, 'Completed', { status: 'Completed' });
    // The other one is still being copied.
    expect(await region.platform.listCheckpoints(id)).toEqual([
      { model: `tiny:${id}:10`, step: 10, metrics: { step: 10, trainLoss: 2 } },
    ]);
  });
});
