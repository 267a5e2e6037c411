import type { ServeRule } from '../../src/contract/hosting.ts';
import type { Records } from '../../src/records/index.ts';
import { onEachDatabase } from './support/databases.ts';
import { act, registered } from './support/samples.ts';

const model = 'support-intents';
const serve: ServeRule = { keepPreviousHours: 24, lookSeconds: 60 };
const hourMs = 3_600_000;

onEachDatabase('deployments of versions', (databases) => {
  /** A served model of three versions, none in service. */
  async function served(): Promise<Records> {
    const records = await databases.open();
    await registered(records, 3);
    await records.setServe({ model, by: 'kim', serve });
    return records;
  }
  const begin = async (records: Records, version: number) =>
    await records.beginDeployment({
      ...{ connection: 'openai', model, version, modelId: `ft:${version}`, by: 'kim', hourlyUsd: 1.7 },
      name: `tunewright-serve-${model}-v${version}`,
    });
  /** One that has answered. */
  async function up(records: Records, version: number): Promise<string> {
    const { id } = await begin(records, version);
    await records.deploymentAnswers(id);
    return id;
  }
  const from = (iso: string | undefined, then: string | undefined) => Date.parse(then ?? '') - Date.parse(iso ?? '');

  test('one is begun once however many want it at once, and again when it has ended', async () => {
    const records = await served();
    const begun = await Promise.all([1, 2, 3, 4].map(async () => await begin(records, 1)));
    expect(new Set(begun.map(({ id }) => id)).size).toBe(1);
    const [first] = begun as [(typeof begun)[0], ...typeof begun];
    expect(first).toMatchObject({ version: 1, by: 'kim', hourlyUsd: 1.7, inService: false });
    expect(from(first.createdAt, first.removeAt)).toBe(24 * hourMs);
    expect(await records.leaveDeployment(first.id, 'Not wanted.')).toBe(true);
    // It goes first.
    await expect(begin(records, 1)).rejects.toMatchObject({ code: 'not_deployed', retry: 'yes' });
    await records.endDeployment(first.id, 'Never told.');
    expect(await records.getDeployment(first.id)).toMatchObject({ reason: 'Not wanted.', endedAt: expect.any(String) });
    expect((await begin(records, 1)).id).not.toBe(first.id);
    expect(await records.listDeployments({ model })).toHaveLength(2);
    expect(await records.listDeployments({ model, standing: true })).toHaveLength(1);
  });

  test('callers are told its name once it has answered, and not any more when it goes', async () => {
    const records = await served();
    const id = await up(records, 1);
    await records.promote({ ...act(), version: 1 });
    const { deployment, revision } = await records.resolve(model);
    expect(deployment).toBe(`tunewright-serve-${model}-v1`);
    expect(await records.getVersion(model, 1)).toMatchObject({ deployment });
    await records.setServe({ model, by: 'kim', serve: null });
    expect(await records.leaveDeployment(id, 'Not served any more.')).toBe(true);
    const after = await records.resolve(model);
    expect(after).not.toHaveProperty('deployment');
    expect(after.revision).toBeGreaterThan(revision);
  });

  test('nothing that stands under none goes into service, in whatever way', async () => {
    const records = await served();
    await up(records, 1);
    await records.promote({ ...act(), version: 1 });
    await begin(records, 2);
    const none = { code: 'not_deployed', message: expect.stringContaining('nothing was switched') };
    await expect(records.promote({ ...act(), version: 2 })).rejects.toMatchObject(none);
    await expect(records.rollback({ ...act(), version: 3, reason: 'worse' })).rejects.toMatchObject(none);
    await expect(records.setCanary({ ...act(), version: 2, share: 0.1 })).rejects.toMatchObject(none);
    expect(await records.resolve(model)).toMatchObject({ version: 1 });
    await records.setServe({ model, by: 'kim', serve: null });
    expect(await records.promote({ ...act(), version: 2 })).toMatchObject({ champion: 2 });
  });

  test('the one in service stays whatever wants it gone; of a switch and a removal at once one wins', async () => {
    const records = await served();
    const [first, second] = [await up(records, 1), await up(records, 2)];
    await records.promote({ ...act(), version: 1 });
    expect(await records.leaveDeployment(first, 'Out of the way.')).toBe(false);
    expect(await records.getDeployment(first)).toMatchObject({ inService: true });
    expect(await records.getDeployment(first)).not.toHaveProperty('removeAt');
    const [switched, left] = await Promise.allSettled([
      records.promote({ ...act(), version: 2 }),
      records.leaveDeployment(second, 'Its time was over.'),
    ]);
    const { champion } = await records.getModel(model);
    expect(left).toEqual({ status: 'fulfilled', value: switched.status === 'rejected' });
    expect(champion).toBe(switched.status === 'rejected' ? 1 : 2);
  });

  test('one that was replaced goes after the hours of the rule, one that was never needed after one, one that was retired now', async () => {
    const records = await served();
    const [first, second] = [await up(records, 1), await up(records, 2)];
    const third = await up(records, 3);
    await records.promote({ ...act(), version: 1 });
    await records.setCanary({ ...act(), version: 2, share: 0.1 });
    expect(await records.getDeployment(second)).toMatchObject({ inService: true });
    const change = await records.promote({ ...act(), version: 2 });
    const replaced = await records.getDeployment(first);
    expect(from(change.at, replaced?.removeAt)).toBeGreaterThan(23.9 * hourMs);
    expect(from(change.at, replaced?.removeAt)).toBeLessThanOrEqual(24 * hourMs);
    const unused = await records.getDeployment(third);
    expect(from(unused?.readyAt, unused?.removeAt)).toBe(hourMs);
    await records.retire({ ...act(), version: 3, reason: 'leaks' });
    expect(from(new Date().toISOString(), (await records.getDeployment(third))?.removeAt)).toBeLessThanOrEqual(0);
  });

  test('that a model is served, and how, is in its audit, once', async () => {
    const records = await served();
    await records.setServe({ model, by: 'kim', serve });
    expect(await records.getModel(model)).toMatchObject({ serve });
    await records.setServe({ model, by: 'lee', serve: null });
    expect(await records.getModel(model)).not.toHaveProperty('serve');
    const told = (await records.audit(model)).filter(({ action }) => action === 'serve');
    expect(told.map(({ by }) => by)).toEqual(['lee', 'kim']);
  });
});
