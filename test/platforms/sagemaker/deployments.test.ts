import { execFileSync } from 'node:child_process';
import type { Deployments } from '../../../src/platforms/platform.ts';
import { failureOf } from '../support.ts';
import { trainerEnv, trainerPython, withTrainers } from '../trainers.ts';
import { credentials } from './service/token.ts';
import { openRegion, type Region } from './support.ts';

const newName = () => `tunewright-${crypto.randomUUID()}-1-tuned`;
const job = `tunewright-${crypto.randomUUID()}-1`;

withTrainers('endpoints of SageMaker', () => {
  let region: Region;
  let deployments: Deployments;
  beforeAll(async () => {
    region = await openRegion();
    deployments = region.platform.deployments as Deployments;
  });
  afterAll(async () => await region.close());

  const standing = async (model = `tiny:${job}`) => {
    const name = newName();
    await deployments.create({ name, model });
    return name;
  };
  const becomes = (name: string, status: string, reason = '') => {
    Object.assign(region.sagemaker.hosting.endpoints.get(name) ?? {}, { status, reason });
  };
  const left = (name: string) => {
    const { models, configs, endpoints } = region.sagemaker.hosting;
    return [models, configs, endpoints].filter((all) => all.has(name)).length;
  };

  test('one is made of a model, a configuration and an endpoint, once; it is ready when it has answered, and gone when all is removed', async () => {
    const name = newName();
    expect(await deployments.state(name)).toBe('gone');
    for (const _ of [1, 2]) await deployments.create({ name, model: 'tiny' });
    expect(left(name)).toBe(3);
    expect(await deployments.state(name)).toBe('creating');
    becomes(name, 'InService');
    expect(await deployments.state(name)).toBe('ready');
    expect(deployments.hourlyUsd('tiny')).toBe(2);
    for (const _ of [1, 2]) await deployments.remove(name);
    expect(left(name)).toBe(0);
    expect(await deployments.state(name)).toBe('gone');
  });

  test('one of that name for another model is a contradiction', async () => {
    const name = await standing('tiny');
    const other = deployments.create({ name, model: 'Qwen/Qwen3-0.6B' });
    expect(await failureOf(other)).toMatchObject({ code: 'contradiction', retry: 'never' });
  });

  test.each([
    ['a tuned model', `tiny:${job}`, `s3://tunewright-tests/team/jobs/${job}/output/model.tar.gz`, 'Gzip'],
    [
      'a checkpoint',
      `tiny:${job}:20`,
      `s3://tunewright-tests/team/checkpoints/${job}/checkpoints/checkpoint-20/`,
      'None',
    ],
    ['a base model of one’s own', 'tiny', 's3://tunewright-tests/models/tiny/', 'None'],
  ])('what is served: %s', async (_, model, S3Uri, CompressionType) => {
    const { request } = region.sagemaker.hosting.models.get(await standing(model)) ?? {};
    expect(request?.PrimaryContainer).toMatchObject({
      Image: 'vllm',
      Environment: { HF_MODEL_ID: '/opt/ml/model' },
      ModelDataSource: { S3DataSource: { S3Uri, CompressionType } },
    });
  });

  test('further fields reach the model and the variant, and replace none of ours', async () => {
    const serving = {
      ...(region.connection?.serving as object),
      modelFields: { EnableNetworkIsolation: true, ModelName: 'mine' },
      variantFields: { InferenceAmiVersion: 'al2-ami-sagemaker-inference-gpu-3-1' },
    };
    const name = newName();
    await region.connect({ serving }).deployments?.create({ name, model: 'tiny' });
    const { models, configs } = region.sagemaker.hosting;
    expect(models.get(name)?.request).toMatchObject({ EnableNetworkIsolation: true, ModelName: name });
    expect(configs.get(name)?.request).toMatchObject({
      ProductionVariants: [{ ModelName: name, InferenceAmiVersion: 'al2-ami-sagemaker-inference-gpu-3-1' }],
    });
  });

  test('a model of the hub is taken from there', async () => {
    const { request } = region.sagemaker.hosting.models.get(await standing('Qwen/Qwen3-0.6B')) ?? {};
    expect(request?.PrimaryContainer).toEqual({ Image: 'vllm', Environment: { HF_MODEL_ID: 'Qwen/Qwen3-0.6B' } });
  });

  test('one whose making was cut off is found, and made whole or removed', async () => {
    const name = newName();
    region.sagemaker.faults.push({
      operation: 'CreateEndpointConfig',
      answer: { status: 500, type: 'InternalFailure', message: 'Internal error' },
    });
    const made = deployments.create({ name, model: 'tiny' });
    expect(await failureOf(made)).toMatchObject({ code: 'platform_unavailable', retry: 'unsure' });
    expect(await deployments.find(name)).toMatchObject([{ name, model: 'tiny' }]);
    await deployments.create({ name, model: 'tiny' });
    expect(left(name)).toBe(3);
  });

  test('one that is still being created is removed once that is possible', async () => {
    const name = await standing();
    expect(await failureOf(deployments.remove(name))).toMatchObject({ code: 'still_pending', retry: 'yes' });
    expect([left(name), await deployments.state(name)]).toEqual([3, 'creating']);
    becomes(name, 'Failed', 'nobody knows');
    await deployments.remove(name);
    expect(left(name)).toBe(0);
  });

  test('one that has failed is refused with its reason; lack of capacity is waiting, and it is made anew', async () => {
    const name = await standing();
    becomes(name, 'Failed', 'The container did not pass the ping health check.');
    const failed = await failureOf(deployments.state(name));
    expect(failed).toMatchObject({ code: 'refused', message: expect.stringContaining('ping health check') });
    becomes(name, 'Failed', 'Unable to provision requested ML compute capacity: InsufficientInstanceCapacity');
    expect(await failureOf(deployments.state(name))).toMatchObject({ code: 'no_capacity', retry: 'yes' });
    expect(await deployments.state(name)).toBe('gone');
  });

  test.each(['OutOfService', 'UpdateRollbackFailed'])('one that is %s is refused', async (status) => {
    const name = await standing();
    becomes(name, status);
    expect(await failureOf(deployments.state(name))).toMatchObject({ code: 'refused', retry: 'never' });
  });

  test('one that is in service and answers nothing is waited for, and refused after half an hour', async () => {
    const name = await standing();
    becomes(name, 'InService');
    const endpoint = region.sagemaker.hosting.endpoints.get(name);
    Object.assign(endpoint ?? {}, { served: { url: 'http://127.0.0.1:9', model: 'none', stop: async () => {} } });
    expect(await deployments.state(name)).toBe('creating');
    if (endpoint) endpoint.createdAt -= 31 * 60_000;
    expect(await failureOf(deployments.state(name))).toMatchObject({ code: 'refused', retry: 'never' });
  });

  test('a quota that cannot hold both models is refused; a larger one is waited for', async () => {
    const quota = (instances: number) => {
      const message = `The account-level service limit 'ml.g6.xlarge for endpoint usage' is ${instances} Instances, with current utilization of ${instances} Instances and a request delta of 1 Instances.`;
      const answer = { status: 400, type: 'ResourceLimitExceeded', message };
      region.sagemaker.faults.push({ operation: 'CreateEndpoint', answer });
    };
    quota(1);
    expect(await failureOf(standing())).toMatchObject({ code: 'refused', retry: 'never' });
    quota(4);
    expect(await failureOf(standing())).toMatchObject({ code: 'no_capacity', retry: 'yes' });
  });

  test('all of a name’s beginning are found, over all pages', async () => {
    const prefix = `tunewright-${crypto.randomUUID()}`;
    for (const end of ['1-base', '1-tuned', '2-base']) {
      await deployments.create({ name: `${prefix}-${end}`, model: 'tiny' });
    }
    const found = await deployments.find(prefix);
    expect(found.map(({ name }) => name.slice(prefix.length + 1)).sort()).toEqual(['1-base', '1-tuned', '2-base']);
    expect(found.every(({ model, createdAt }) => model === 'tiny' && createdAt > 0)).toBe(true);
  });

  const ask = (model: string) =>
    region.platform.chat({ model, messages: [{ role: 'user', content: 'Is it?' }], maxOutputTokens: 4, seed: 1 });

  test('an endpoint is asked with a signed token; one that is gone is named', async () => {
    const name = await standing();
    expect(await failureOf(ask(name))).toMatchObject({ code: 'not_found', status: 404 });
    becomes(name, 'InService');
    expect(await ask(name)).toEqual({ text: 'yes', finishReason: 'stop', inputTokens: 3, outputTokens: 1 });
  });

  test("others' requests go to the endpoint that stands for the model, with a signed token", async () => {
    const name = await standing();
    becomes(name, 'InService');
    const platform = region.connect({ deployments: { tuned: name } });
    expect(platform.deployments?.existing('tuned')).toBe(name);
    const at = await platform.endpoint?.({ model: 'tuned' }, '/chat/completions');
    const answer = await fetch(at?.url ?? '', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...at?.headers },
      body: JSON.stringify({ model: at?.model, messages: [{ role: 'user', content: 'Is it?' }], max_tokens: 4 }),
    });
    expect(answer.status).toBe(200);
    const none = platform.endpoint?.({ model: 'another' }, '/chat/completions') ?? Promise.resolve();
    expect(await failureOf(none)).toMatchObject({ code: 'model_not_found' });
  });

  test('a token signed by somebody else is refused', async () => {
    const name = await standing();
    becomes(name, 'InService');
    process.env.AWS_SECRET_ACCESS_KEY = 'of somebody else';
    try {
      const other = region.connect({});
      const asked = other.chat({ model: name, messages: [], maxOutputTokens: 1, seed: 1 });
      expect(await failureOf(asked)).toMatchObject({ code: 'forbidden', retry: 'never' });
    } finally {
      process.env.AWS_SECRET_ACCESS_KEY = credentials.secretAccessKey;
    }
  });

  test('the token is the one that AWS’s own library for Python makes', async () => {
    const name = await standing();
    becomes(name, 'InService');
    let authorization = '';
    const fetched = globalThis.fetch;
    globalThis.fetch = async (input, init) => {
      authorization = new Headers(init?.headers).get('authorization') ?? '';
      return await fetched(input, init);
    };
    try {
      await region.connect({}).chat({ model: name, messages: [], maxOutputTokens: 1, seed: 1 });
    } finally {
      globalThis.fetch = fetched;
    }
    const token = authorization.replace('Bearer sagemaker-api-key-', '');
    const url = Buffer.from(token, 'base64').toString();
    const [, at = ''] = /X-Amz-Date=(\w+)/.exec(url) ?? [];
    const theirs = execFileSync(
      trainerPython,
      ['-c', signing, at, credentials.accessKeyId, credentials.secretAccessKey],
      {
        env: trainerEnv(),
        encoding: 'utf8',
      },
    );
    const sorted = (text: string) => text.trim().replace('sagemaker.amazonaws.com/?', '').split('&').sort();
    expect(sorted(url)).toEqual(sorted(theirs));
  });
});

/** What sagemaker-core's token generator does, at a given time. */
const signing = `
import sys, datetime, botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
at = datetime.datetime.strptime(sys.argv[1], "%Y%m%dT%H%M%SZ")
botocore.auth.get_current_datetime = lambda remove_tzinfo=True: at
host = "sagemaker.amazonaws.com"
request = AWSRequest("POST", f"https://{host}/", headers={"host": host}, params={"Action": "CallWithBearerToken"})
botocore.auth.SigV4QueryAuth(Credentials(sys.argv[2], sys.argv[3]), "sagemaker", "eu-west-1", expires=3600).add_auth(request)
print(request.url.replace("https://", "") + "&Version=1")
`;
