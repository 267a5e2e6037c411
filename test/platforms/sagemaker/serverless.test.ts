import { catalogueDrift } from '../../../src/platforms/drift.ts';
import type { Deployments, TrainingPlatform } from '../../../src/platforms/platform.ts';
import { failureOf, spec, textOf } from '../support.ts';
import { withTrainers } from '../trainers.ts';
import { openRegion, type Region, serverless } from './support.ts';

const newKey = () => `tunewright-${crypto.randomUUID()}-1`;
const since = Date.now();

withTrainers("SageMaker's serverless customization", () => {
  let region: Region;
  let platform: TrainingPlatform;
  beforeAll(async () => {
    region = await openRegion();
    platform = region.connect(serverless('lora'));
  });
  afterAll(async () => await region.close());
  beforeEach(() => {
    region.sagemaker.faults.length = 0;
    region.sagemaker.calls.length = 0;
  });

  const newJob = async (changes = {}, at = platform) => {
    const key = newKey();
    return await at.createJob(spec(`${key}-train.jsonl`, { key, model: 'tiny', ...changes }));
  };
  const requestOf = (key: string) => region.sagemaker.training.jobs.get(key)?.request;
  const completed = async (changes = {}, at = platform) => {
    const { id } = await newJob(changes, at);
    region.sagemaker.training.move(id, 'Completed', { status: 'Completed' });
    return { id, model: `${'model' in changes ? changes.model : 'tiny'}:${id}` };
  };

  test("the hub's models with a recipe are listed, all pages, and set against the catalogue", async () => {
    expect((await platform.listModels())?.map(({ id }) => id)).toEqual(['tiny', 'gated', 'sft-only']);
    const [model] = (serverless('lora').catalogue as { models: object[] }).models;
    const gone = { ...model, id: 'no-recipe' };
    const at = region.connect({ ...serverless('lora'), catalogue: { models: [model, gone] } });
    expect((await catalogueDrift(at, new Date())).map(({ message }) => message)).toEqual([
      'no-recipe is in the catalogue, but the platform does not offer it.',
    ]);
    expect(await region.platform.listModels()).toBeUndefined();
  });

  test('the job names the base model of the hub, the technique, data, limits, hyperparameters and its run', async () => {
    const key = newKey();
    const at = region.connect(
      serverless('lora', {
        sequenceLength: '4K',
        learningRate: 2e-4,
        hyperparameters: { seed: '1' },
        jobFields: { VpcConfig: { Subnets: ['subnet-1'], SecurityGroupIds: ['sg-1'] } },
      }),
    );
    const hyperparameters = { epochs: 2, batchSize: 16, learningRateMultiplier: 0.5 };
    const files = { validationFileId: 'valid.jsonl' };
    await at.createJob(spec('train.jsonl', { key, model: 'tiny', runName: 'mine', hyperparameters, ...files }));
    const channel = (ChannelName: string, file: string) => ({
      ChannelName,
      DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://tunewright-tests/team/files/${file}` } },
    });
    expect(requestOf(key)).toEqual({
      TrainingJobName: key,
      RoleArn: 'arn:aws:iam::123456789012:role/tunewright',
      ServerlessJobConfig: {
        BaseModelArn: 'arn:aws:sagemaker:eu-west-1:aws:hub-content/SageMakerPublicHub/Model/tiny/1.2.0',
        AcceptEula: false,
        JobType: 'FineTuning',
        CustomizationTechnique: 'SFT',
        Peft: 'LORA',
        SequenceLength: '4K',
      },
      ModelPackageConfig: {
        ModelPackageGroupArn: 'arn:aws:sagemaker:eu-west-1:123456789012:model-package-group/tuned',
      },
      HyperParameters: { seed: '1', max_epochs: '2', global_batch_size: '16', learning_rate: '0.0001' },
      InputDataConfig: [channel('train', 'train.jsonl'), channel('validation', 'valid.jsonl')],
      OutputDataConfig: { S3OutputPath: 's3://tunewright-tests/team/jobs' },
      StoppingCondition: { MaxRuntimeInSeconds: 3600 },
      VpcConfig: { Subnets: ['subnet-1'], SecurityGroupIds: ['sg-1'] },
      Tags: [
        { Key: 'tunewright_key', Value: key },
        { Key: 'tunewright_run', Value: 'mine' },
        { Key: 'tunewright_model', Value: 'tiny' },
      ],
    });
  });

  test('where a run leaves them to SageMaker, no hyperparameters are sent; all weights are tuned without Peft', async () => {
    const { id } = await newJob({ method: 'dpo' }, region.connect(serverless('none')));
    const { HyperParameters, ServerlessJobConfig } = requestOf(id) ?? {};
    expect(HyperParameters).toEqual({});
    expect(ServerlessJobConfig).toMatchObject({ CustomizationTechnique: 'DPO' });
    expect(ServerlessJobConfig).not.toHaveProperty('Peft');
  });

  test('a job is created once; one whose answer is lost is found by its name, and known by its tags', async () => {
    const key = newKey();
    const wanted = spec(`${key}-train.jsonl`, { key, model: 'tiny' });
    region.sagemaker.faults.push({ operation: 'CreateTrainingJob', after: true });
    const connection = { ...region.connection, ...serverless('lora') } as Region['connection'];
    expect(await region.called(connection, 'createJob', wanted)).toEqual({ code: 'answer_lost', retry: 'unsure' });
    const job = { id: key, state: 'waiting', model: null, trainingFileId: `${key}-train.jsonl` };
    expect(await platform.findJobs({ key, trainingFileIds: [], since })).toMatchObject([job]);
    expect(await platform.createJob(wanted)).toMatchObject(job);
    const others = [
      platform.createJob({ ...wanted, model: 'sft-only' }),
      platform.createJob({ ...wanted, trainingFileId: 'another' }),
    ];
    for (const other of others) {
      expect(await failureOf(other)).toMatchObject({ code: 'contradiction', retry: 'never' });
    }
  });

  test('a licence is accepted by whoever wrote the connection, and by nobody else', async () => {
    const refused = await failureOf(newJob({ model: 'gated' }));
    expect(refused).toMatchObject({ code: 'refused', retry: 'never' });
    expect(refused.advice).toContain('acceptEula');
    expect(region.sagemaker.calls).not.toContain('CreateTrainingJob');
    const { id } = await newJob({ model: 'gated' }, region.connect(serverless('lora', { acceptEula: true })));
    expect(requestOf(id)?.ServerlessJobConfig).toMatchObject({ AcceptEula: true });
  });

  test.each([
    [{ model: 'nowhere' }, 'model_not_found'],
    [{ model: 'sft-only', method: 'dpo' }, 'model_not_tunable'],
    [{ model: 'sft-only', method: 'reinforcement' }, 'model_not_tunable'],
    [{ model: `tiny:${newKey()}` }, 'not_found'],
    [{ hyperparameters: { epochs: 1, batchSize: 1, learningRateMultiplier: 2 } }, 'invalid_config'],
    [{ hyperparameters: { epochs: 1, batchSize: 1, learningRateMultiplier: 'auto', beta: 0.2 } }, 'invalid_config'],
  ])('what cannot be trained so is refused by name, and costs nothing: %j', async (changes, code) => {
    expect(await failureOf(newJob(changes))).toMatchObject({ code, retry: 'never' });
    expect(region.sagemaker.calls).not.toContain('CreateTrainingJob');
  });

  const evaluatorArn = 'arn:aws:sagemaker:eu-west-1:123456789012:hub-content/own/JsonDoc/right/0.0.1';
  const judge = 'openai.gpt-oss-20b-1:0';
  const grader = { type: 'string_check', operation: 'eq', input: '{{sample.output_text}}', reference: 'a' } as const;

  test.each([
    [{ evaluatorArn }, { CustomizationTechnique: 'RLVR', EvaluatorArn: evaluatorArn }, {}],
    [{ preset: 'gsm8k' }, { CustomizationTechnique: 'RLVR' }, { preset_reward_function: 'gsm8k' }],
    [
      { judge, prompt: { evaluatorArn } },
      { CustomizationTechnique: 'RLAIF', EvaluatorArn: evaluatorArn },
      { judge_model_id: `bedrock/${judge}` },
    ],
    [
      { judge, prompt: { template: 'judge/summarize.jinja' } },
      { CustomizationTechnique: 'RLAIF' },
      { judge_model_id: `bedrock/${judge}`, judge_prompt_template: 'judge/summarize.jinja' },
    ],
  ])('a model learns by reinforcement from what the connection names: %j', async (reward, config, hyperparameters) => {
    const at = region.connect(serverless('lora', { reward }));
    expect(at.reinforcement?.objection(grader)).toBeUndefined();
    const { id } = await newJob({ method: 'reinforcement', reward: { grader, maxOutputTokens: 8 } }, at);
    const { ServerlessJobConfig, HyperParameters } = requestOf(id) ?? {};
    const known = ['CustomizationTechnique', 'EvaluatorArn'];
    const told = Object.entries(ServerlessJobConfig ?? {}).filter(([name]) => known.includes(name));
    expect(Object.fromEntries(told)).toEqual(config);
    expect(HyperParameters).toEqual(hyperparameters);
    // By the other methods it is of no account.
    const { id: other } = await newJob({ method: 'dpo' }, at);
    expect(requestOf(other)?.ServerlessJobConfig).not.toHaveProperty('EvaluatorArn');
    expect(requestOf(other)?.HyperParameters).toEqual({});
  });

  test('where the connection names no reward that is said before anything is paid', () => {
    expect(platform.reinforcement?.objection(grader)).toContain('training.serverless.reward');
  });

  test.each([
    [{ reference_answer: '42', topic: 'sums' }, '42'],
    [{ reference_answer: { value: 42 } }, '{"value":42}'],
    [{ total: '42' }, '42'],
    [{ total: '42', topic: 'sums' }, '{"total":"42","topic":"sums"}'],
    [{}, ''],
  ])('questions go up with the answer that is right: %j', async (beside, ground_truth) => {
    const messages = [{ role: 'user', content: 'What is 6 times 7?' }];
    const line = JSON.stringify({ messages, ...beside });
    const { id } = await platform.uploadFile(await region.file(`${newKey()}-questions.jsonl`, line), {});
    const told = JSON.parse(await textOf(platform.readFile?.(id)));
    expect(told).toEqual({ prompt: messages, reward_model: { style: 'rule', ground_truth }, extra_info: beside });
  });

  test.each([
    ['Stopped', 'MaxRuntimeExceeded', 'failed'],
    ['Stopped', 'Stopped', 'cancelled'],
    ['Failed', 'Failed', 'failed'],
    ['InProgress', 'Training', 'running'],
  ])('%s, %s: %s', async (status, secondary, state) => {
    const { id } = await newJob();
    region.sagemaker.training.move(id, secondary, { status });
    expect(await platform.getJob(id)).toMatchObject({ state, platformStatus: secondary, model: null });
  });

  test('it has succeeded when SageMaker names the model package, and claims no cost', async () => {
    const { id, model } = await completed();
    const { package: made = '' } = region.sagemaker.training.jobs.get(id) ?? {};
    const job = await platform.getJob(id);
    expect(job).toMatchObject({ state: 'succeeded', model });
    expect(job).not.toHaveProperty('trainingUsd');
    Object.assign(region.sagemaker.training.jobs.get(id) ?? {}, { package: undefined });
    expect(await platform.getJob(id)).toMatchObject({ state: 'succeeded', model: null });
    Object.assign(region.sagemaker.training.jobs.get(id) ?? {}, { package: made });
    expect(platform.trainingUsdAtMost).toBeUndefined();
    expect(platform.catalogueEntry(model)?.prices?.training).toBe(2);
    // What a token costs is nobody's guess.
    expect(platform.catalogueEntry('gated')?.prices).toBeUndefined();
  });

  test('SageMaker tells the last step alone: every look shows what is new', async () => {
    const { id } = await newJob();
    const { move, jobs } = region.sagemaker.training;
    const isAt = (CurrentEpoch: number, CurrentStep: number) => {
      const progress = { CurrentEpoch, CurrentStep, MaxEpoch: 3, TotalStepCountPerEpoch: 10 };
      Object.assign(jobs.get(id) ?? {}, { progress });
    };
    move(id, 'Training');
    isAt(2, 4);
    const first = await platform.newEvents(id, undefined);
    expect(first.map(({ message }) => message)).toEqual([
      'Step 4 of 10, epoch 2 of 3',
      `Training: Training of ${id}`,
      `Starting: Starting of ${id}`,
    ]);
    expect(first[0]?.metrics).toEqual({ step: 14, totalSteps: 30 });
    expect(await platform.newEvents(id, first[0]?.id)).toEqual([]);
    expect(await platform.newEvents(id, first[1]?.id)).toEqual(first.slice(0, 1));
    isAt(3, 10);
    move(id, 'Uploading');
    const second = await platform.newEvents(id, first[0]?.id);
    expect(second.map(({ message }) => message)).toEqual([
      'Step 10 of 10, epoch 3 of 3',
      `Uploading: Uploading of ${id}`,
    ]);
    expect(await platform.newEvents(id, second[0]?.id)).toEqual([]);
    expect(await platform.trainingCurve(id)).toEqual([]);
    expect(await platform.listCheckpoints(id)).toEqual([]);
  });

  test('a model that was made so is trained on from its package, and known by the base of all', async () => {
    const { model } = await completed();
    const { id, model: second } = await completed({ model });
    const packages = [...region.sagemaker.serverless.packages.keys()];
    expect(requestOf(id)?.ModelPackageConfig).toMatchObject({ SourceModelPackageArn: packages.at(-2) });
    expect((await platform.getJob(id)).model).toBe(second);
    expect(platform.catalogueEntry(second)?.id).toBe('tiny');
  });

  test('models are there as long as their packages are', async () => {
    const { id, model } = await completed();
    expect([...(await platform.listHoldings(id)).models]).toEqual([model]);
    expect(await platform.getModel(model)).toEqual({ id: model });
    expect(await platform.getModel('tiny')).toEqual({ id: 'tiny' });
    for (const _ of [1, 2]) await platform.deleteModel(model);
    const { jobs, models } = await platform.listHoldings(id);
    expect(jobs).toMatchObject([{ id, runName: 'run-1', model }]);
    expect([...models]).toEqual([]);
    for (const gone of [model, 'nowhere']) {
      expect(await failureOf(platform.getModel(gone))).toMatchObject({ code: 'model_not_found' });
    }
    expect(platform.deleteModelCommand(model)).toContain('aws sagemaker delete-model-package');
  });

  const pair = (asked: string, more = {}) => ({
    input: { messages: [{ role: 'user', content: asked }], ...more },
    preferred_output: [{ role: 'assistant', content: 'yes' }],
    non_preferred_output: [{ role: 'assistant', content: 'no' }],
  });

  test('pairs go up as whole conversations, examples as they are', async () => {
    const pairs = [pair('Is it?'), pair('Is it so?')].map((line) => JSON.stringify(line)).join('\n');
    const { id } = await platform.uploadFile(await region.file(`${newKey()}-pairs.jsonl`, pairs), {});
    const told = (await textOf(platform.readFile?.(id))).trim().split('\n');
    expect(told.map((line) => JSON.parse(line))[1]).toEqual({
      chosen: [
        { role: 'user', content: 'Is it so?' },
        { role: 'assistant', content: 'yes' },
      ],
      rejected: [
        { role: 'user', content: 'Is it so?' },
        { role: 'assistant', content: 'no' },
      ],
    });
    const examples = '{"messages": []}\n';
    const other = await platform.uploadFile(await region.file(`${newKey()}-examples.jsonl`, examples), {});
    expect(await textOf(platform.readFile?.(other.id))).toBe(examples);
  });

  test('pairs with tools are refused with their line, which is not quoted', async () => {
    const lines = [pair('Is it?'), pair('a secret question', { tools: [] })].map((line) => JSON.stringify(line));
    const file = await region.file(`${newKey()}-pairs.jsonl`, lines.join('\n'));
    const { code, message } = await failureOf(platform.uploadFile(file, {}));
    expect({ code, message }).toEqual({ code: 'refused', message: expect.stringContaining('Line 2') });
    expect(message).not.toContain('secret');
  });

  describe('its models are deployed', () => {
    const named = () => `${newKey()}-tuned`;
    const of = (at: TrainingPlatform) => at.deployments as Deployments;
    const serves = (all: 'endpoints' | 'components', name: string, status = 'InService', reason = '') =>
      Object.assign(region.sagemaker.hosting[all].get(name) ?? {}, { status, reason });
    const container = (name: string) =>
      region.sagemaker.hosting.models.get(name)?.request.PrimaryContainer as Record<string, unknown>;

    test('an adapter on a component of its base model, one after another, and all of it is removed again', async () => {
      const deployments = of(platform);
      const { id, model } = await completed();
      const name = named();
      await deployments.create({ name, model });
      expect(await deployments.state(name)).toBe('creating');
      serves('endpoints', name);
      expect(await deployments.state(name)).toBe('creating');
      const { components } = region.sagemaker.hosting;
      expect([...components.keys()]).toEqual([`${name}-base`]);
      expect(await deployments.state(name)).toBe('creating');
      serves('components', `${name}-base`);
      expect(await deployments.state(name)).toBe('creating');
      expect(components.get(name)?.request.Specification).toEqual({
        BaseInferenceComponentName: `${name}-base`,
        Container: { ArtifactUrl: `s3://tunewright-tests/team/jobs/${id}/output/model/checkpoints/hf/` },
      });
      serves('components', name);
      expect(await deployments.state(name)).toBe('ready');
      expect(container(name).ModelDataSource).toMatchObject({
        S3DataSource: { S3Uri: 's3://tunewright-tests/models/tiny/' },
      });
      for (const _ of [1, 2]) await deployments.remove(name);
      expect(components.size).toBe(0);
      expect(await deployments.state(name)).toBe('gone');
      expect(await deployments.find(name)).toEqual([]);
    });

    test('a base model is one component; a component that is being removed is waited for', async () => {
      const deployments = of(platform);
      const name = named();
      await deployments.create({ name, model: 'tiny' });
      serves('endpoints', name);
      await deployments.state(name);
      expect([...region.sagemaker.hosting.components.keys()]).toEqual([name]);
      serves('components', name, 'Deleting');
      expect(await failureOf(deployments.remove(name))).toMatchObject({ code: 'still_pending', retry: 'yes' });
      expect(region.sagemaker.hosting.endpoints.has(name)).toBe(true);
      serves('components', name);
      await deployments.remove(name);
    });

    test.each([
      ['not enough capacity', 'no_capacity', 'gone'],
      ['out of memory', 'refused', undefined],
    ])('a component that fails for %s is %s', async (reason, code, then) => {
      const deployments = of(platform);
      const name = named();
      await deployments.create({ name, model: 'tiny' });
      serves('endpoints', name);
      await deployments.state(name);
      serves('components', name, 'Failed', reason);
      expect(await failureOf(deployments.state(name))).toMatchObject({ code });
      if (then) expect(await deployments.state(name)).toBe(then);
      await deployments.remove(name);
    });

    test('whole models from where their package lies; merged adapters; weights that are SageMaker’s own by the package', async () => {
      const whole = region.connect(serverless('none'));
      const { id, model } = await completed({}, whole);
      const made = [...region.sagemaker.serverless.packages.values()].at(-1);
      const from = async (changes: Record<string, unknown>) => {
        Object.assign(made ?? {}, changes);
        const name = named();
        await of(whole).create({ name, model });
        return container(name);
      };
      const at = `s3://tunewright-tests/team/jobs/${id}/output/model/`;
      const dataAt = (S3Uri: string) => ({ S3DataSource: { S3Uri, S3DataType: 'S3Prefix', CompressionType: 'None' } });
      expect((await from({})).ModelDataSource).toEqual(dataAt(at));
      expect((await from({ isCheckpoint: false })).ModelDataSource).toEqual(dataAt(`${at}checkpoints/hf_merged/`));
      expect(await from({ restricted: true })).toMatchObject({ Image: 'vllm', ModelPackageName: made?.arn });
      region.sagemaker.serverless.packages.clear();
      expect(await failureOf(from({}))).toMatchObject({ code: 'model_not_found' });
    });

    test('a licence goes with the weights of the base model', async () => {
      const name = named();
      await of(region.connect(serverless('none', { acceptEula: true }))).create({ name, model: 'gated' });
      expect(container(name).ModelDataSource).toMatchObject({
        S3DataSource: { ModelAccessConfig: { AcceptEula: true } },
      });
    });
  });

  test.each([
    [{ training: {} }, 'it names neither'],
    [{ training: { image: 'an-image', serverless: {} } }, 'leave out image, or serverless'],
    [{ training: { serverless: {} } }, 'training.serverless.modelPackageGroupArn'],
    [{ training: { image: 'an-image' } }, 'training.instanceType'],
    [{ ...serverless('lora'), serving: serverless('none').serving }, 'serving.component'],
  ])('one of both ways, and one error otherwise: %j', (changes, told) => {
    expect(() => region.connect(changes)).toThrow(told);
  });
});
