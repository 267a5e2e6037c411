import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { temporalEnvironment } from '../../src/client/environment.ts';

test("Temporal's own variables say where the cluster is", () => {
  const env = { TEMPORAL_ADDRESS: 'cluster:7233', TEMPORAL_NAMESPACE: 'tuning', TEMPORAL_API_KEY: 'secret' };
  expect(temporalEnvironment(env)).toMatchObject({ address: 'cluster:7233', namespace: 'tuning', apiKey: 'secret' });
});

test('so does a profile of its configuration file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tunewright-profile-'));
  const file = join(folder, 'temporal.toml');
  await writeFile(file, '[profile.prod]\naddress = "prod:7233"\nnamespace = "tuning"\n');
  const env = { TEMPORAL_CONFIG_FILE: file, TEMPORAL_PROFILE: 'prod' };
  expect(temporalEnvironment(env)).toMatchObject({ address: 'prod:7233', namespace: 'tuning' });
  await rm(folder, { recursive: true });
});

test('where they say nothing, nothing is claimed', () => {
  const { address, namespace, apiKey } = temporalEnvironment({});
  expect({ address, namespace, apiKey }).toEqual({ address: undefined, namespace: undefined, apiKey: undefined });
});

test('a profile that is not there is named', () => {
  expect(() => temporalEnvironment({ TEMPORAL_PROFILE: 'none' })).toThrow(/none/);
});
