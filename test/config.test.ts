import { tmpdir } from 'node:os';
import { loadSettings } from '../src/config.ts';

const load = (env: NodeJS.ProcessEnv) => loadSettings({ TUNEWRIGHT_HOME: '/nonexistent', ...env }, tmpdir());

test('a worker is of a version when both of its variables say so, and of none otherwise', () => {
  expect(load({}).deployment).toBeUndefined();
  expect(load({ TEMPORAL_DEPLOYMENT_NAME: 'prod/tunewright', TEMPORAL_WORKER_BUILD_ID: '0.3.0' }).deployment).toEqual({
    name: 'prod/tunewright',
    buildId: '0.3.0',
  });
});

test.each([
  { TEMPORAL_DEPLOYMENT_NAME: 'tunewright' },
  { TEMPORAL_WORKER_BUILD_ID: '1' },
  { TUNEWRIGHT_SHUTDOWN_SECONDS: 'soon' },
  { TUNEWRIGHT_SHUTDOWN_SECONDS: '' },
  { TUNEWRIGHT_SHUTDOWN_SECONDS: '-1' },
  { TUNEWRIGHT_LOG_LEVEL: 'verbose' },
  { TUNEWRIGHT_NOTIFY_URL: 'https://me:secret@hooks.example/' },
  { TUNEWRIGHT_NOTIFY_URL: 'https://hooks.example/', TUNEWRIGHT_NOTIFY_SECRET: 'a secret' },
  { TUNEWRIGHT_RECORDS: 'mysql://localhost/records' },
  { TUNEWRIGHT_RECORDS: 'postgres://[' },
  { TUNEWRIGHT_GATEWAY_KEYS: 'a-key-without-a-name' },
  { TUNEWRIGHT_GATEWAY_ADMIN_KEYS: 'ops:too-short' },
  { TUNEWRIGHT_GATEWAY_CONNECTION: 'none' },
  { TUNEWRIGHT_DATA_HOSTS: 'files.example.org/data' },
  { TUNEWRIGHT_DATA_HOSTS: 'files.example.org, https://a.example.org/' },
])('%j is refused', (env) => {
  expect(() => load(env)).toThrow(expect.objectContaining({ code: 'invalid_config' }));
});

test('hosts of data are names and origins', () => {
  const hosts = 'files.example.org, files.example.org:8443,http://files.internal:8080';
  expect(load({ TUNEWRIGHT_DATA_HOSTS: hosts }).dataHosts).toEqual([
    'files.example.org',
    'files.example.org:8443',
    'http://files.internal:8080',
  ]);
  expect(load({}).dataHosts).toEqual([]);
});

test('the time to end is taken in seconds', () => {
  expect(load({ TUNEWRIGHT_SHUTDOWN_SECONDS: '2.5' }).shutdownSeconds).toBe(2.5);
});

test('records are in a file, or in PostgreSQL', () => {
  expect(load({}).records).toBe('/nonexistent/records.sqlite');
  expect(load({ TUNEWRIGHT_RECORDS: '/var/records.db' }).records).toBe('/var/records.db');
  expect(load({ TUNEWRIGHT_RECORDS: 'postgresql://db/records' }).records).toBe('postgresql://db/records');
});

test('keys of the gateway have names, and only some may change models', () => {
  const env = { TUNEWRIGHT_GATEWAY_KEYS: 'shop:0123456789abcdef, search:fedcba9876543210' };
  expect(load({ ...env, TUNEWRIGHT_GATEWAY_ADMIN_KEYS: 'ops:0011223344556677' }).gatewayKeys).toEqual([
    { name: 'shop', key: '0123456789abcdef', mayChange: false },
    { name: 'search', key: 'fedcba9876543210', mayChange: false },
    { name: 'ops', key: '0011223344556677', mayChange: true },
  ]);
  expect(() => load({ TUNEWRIGHT_GATEWAY_KEYS: 'shop:short' })).toThrow(
    expect.objectContaining({ message: 'Entry 1 of TUNEWRIGHT_GATEWAY_KEYS is not NAME:KEY.' }),
  );
});

test('code of graders runs where it is allowed, and nowhere else', () => {
  expect(load({}).graderCode).toEqual({});
  expect(load({ TUNEWRIGHT_PYTHON_GRADERS: 'allow' }).graderCode).toEqual({ python: 'python3' });
  const named = {
    TUNEWRIGHT_PYTHON_GRADERS: 'allow',
    TUNEWRIGHT_PYTHON: '/opt/python',
    TUNEWRIGHT_GRADER_MODULES: 'graders',
  };
  expect(load(named).graderCode).toEqual({ python: '/opt/python', modules: expect.stringMatching(/\/graders$/) });
  expect(() => load({ TUNEWRIGHT_PYTHON_GRADERS: 'yes' })).toThrow('TUNEWRIGHT_PYTHON_GRADERS is "yes".');
});

test('the usual connection of the gateway is one that there is', () => {
  expect(load({}).gateway.connection).toBeUndefined();
  expect(load({ TUNEWRIGHT_GATEWAY_CONNECTION: 'openai' }).gateway.connection).toBe('openai');
});

test('artifacts lie in a folder or in a bucket', () => {
  const of = (env: NodeJS.ProcessEnv) => loadSettings(env, '/somewhere');
  expect(of({})).toMatchObject({ artifacts: '/somewhere/.tunewright/artifacts' });
  expect(of({ TUNEWRIGHT_ARTIFACTS: 'shared' })).toMatchObject({ artifacts: '/somewhere/shared' });
  expect(of({ TUNEWRIGHT_ARTIFACTS: 's3://bucket/team', TUNEWRIGHT_ARTIFACTS_CACHE_GIB: '0.5' })).toMatchObject({
    artifacts: '/somewhere/.tunewright/artifacts',
    artifactBucket: 's3://bucket/team',
    artifactCacheBytes: 2 ** 29,
  });
  const refused = { code: 'invalid_config', advice: expect.stringContaining('leave it out') };
  for (const place of ['gs://bucket', 's3://', 's3://key:secret@bucket'])
    expect(() => of({ TUNEWRIGHT_ARTIFACTS: place })).toThrow(expect.objectContaining(refused));
  const size = { TUNEWRIGHT_ARTIFACTS: 's3://bucket', TUNEWRIGHT_ARTIFACTS_CACHE_GIB: 'much' };
  expect(() => of(size)).toThrow(expect.objectContaining(refused));
});

test('notices are signed where there is a secret: one that is empty is none', () => {
  const url = 'https://hooks.example/';
  const notices = (secret: string) => load({ TUNEWRIGHT_NOTIFY_URL: url, TUNEWRIGHT_NOTIFY_SECRET: secret }).notices;
  expect(notices('')).toEqual({ url });
  expect(notices('whsec_c2VjcmV0')).toEqual({ url, secret: 'whsec_c2VjcmV0' });
});
