import type { ModelVersion } from '../../src/contract/registry.ts';
import { onEachDatabase } from './support/databases.ts';
import { act, newVersion, registered } from './support/samples.ts';

const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);

onEachDatabase('the registry', (databases) => {
  test('numbers versions from 1, and gives one run one version however often it is registered', async () => {
    const records = await databases.open();
    const first = await records.registerVersion(newVersion(1, { tags: { team: 'support' }, description: 'the first' }));
    expect(first).toMatchObject({ version: 1, aliases: ['candidate'], createdBy: 'worker', tags: { team: 'support' } });
    expect(first.lineage).toEqual(newVersion(1).lineage);
    expect(await records.registerVersion(newVersion(2))).toMatchObject({ version: 2, aliases: ['candidate'] });
    expect(await records.registerVersion(newVersion(1))).toEqual({ ...first, aliases: [] });
    expect(await records.listVersions('support-intents')).toHaveLength(2);
    expect(await records.listModels()).toMatchObject([{ name: 'support-intents', versions: 2, candidate: 2 }]);
    await expect(records.registerVersion(newVersion(1, { modelId: 'ft:another' }))).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  test('refuses names that no model has, and leaves nothing behind', async () => {
    const records = await databases.open();
    for (const model of ['', 'Support', 'a'.repeat(41), '../etc']) {
      await expect(records.registerVersion(newVersion(1, { model }))).rejects.toMatchObject({ code: 'invalid_config' });
    }
    await expect(records.registerVersion(newVersion(1, { by: ' ' }))).rejects.toMatchObject({ code: 'invalid_config' });
    expect(await records.listModels()).toEqual([]);
    await expect(records.getModel('support-intents')).rejects.toMatchObject({ code: 'model_unknown' });
    await expect(records.listVersions('support-intents')).rejects.toMatchObject({ code: 'model_unknown' });
  });

  test('resolves to the champion, and to nothing before one is promoted', async () => {
    const records = await databases.open();
    await expect(records.resolve('support-intents')).rejects.toMatchObject({ code: 'model_unknown' });
    await registered(records, 2);
    await expect(records.resolve('support-intents')).rejects.toMatchObject({ code: 'no_champion' });
    const change = await records.promote({ ...act(), version: 2, reason: 'better by 4 points' });
    expect(change).toMatchObject({ champion: 2, changed: true });
    expect(change).not.toHaveProperty('previous');
    expect(await records.resolve('support-intents', { key: 'customer-7' })).toEqual({
      name: 'support-intents',
      revision: 1,
      alias: 'champion',
      version: 2,
      connection: 'openai',
      platform: 'openai',
      modelId: 'ft:gpt-4.1-mini:acme:support-intents:2',
      baseModel: 'gpt-4.1-mini',
      since: change.at,
    });
    expect(await records.getVersion('support-intents', 2)).toMatchObject({
      aliases: ['champion'],
      promoted: { by: 'kim', reason: 'better by 4 points' },
    });
  });

  test('a repeated request is answered as the first time, whatever has happened since', async () => {
    const records = await databases.open();
    await registered(records, 2);
    const request = { ...act(), version: 1 };
    const first = await records.promote(request);
    await records.promote({ ...act(), version: 2 });
    expect(await records.promote(request)).toEqual(first);
    expect(await records.getModel('support-intents')).toMatchObject({ champion: 2, revision: 2 });
    await expect(records.promote({ ...request, version: 2 })).rejects.toMatchObject({ code: 'conflict' });
    const back = { ...act(), reason: 'complaints' };
    expect(await records.rollback(back)).toMatchObject({ champion: 1, previous: 2, changed: true });
    expect(await records.rollback(back)).toMatchObject({ champion: 1, previous: 2, changed: true });
    expect((await records.audit('support-intents')).filter(({ action }) => action === 'rollback')).toHaveLength(1);
  });

  test('one request that comes several times at once is done once', async () => {
    const records = await databases.open();
    await registered(records, 2);
    await records.promote({ ...act(), version: 1 });
    const request = { ...act(), version: 2, expectedChampion: 1 };
    const answers = await Promise.all([1, 2, 3, 4].map(() => records.promote(request)));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(await records.getModel('support-intents')).toMatchObject({ champion: 2, revision: 2 });
  });

  test('promoting the champion changes nothing', async () => {
    const records = await databases.open();
    await registered(records, 1);
    await records.promote({ ...act(), version: 1 });
    expect(await records.promote({ ...act(), version: 1 })).toMatchObject({ champion: 1, changed: false });
    expect(await records.getModel('support-intents')).toMatchObject({ revision: 1 });
  });

  test('a promotion that expects another champion is refused', async () => {
    const records = await databases.open();
    await registered(records, 3);
    await records.promote({ ...act(), version: 1, expectedChampion: null });
    await records.promote({ ...act(), version: 2, expectedChampion: 1 });
    const late = records.promote({ ...act(), version: 3, expectedChampion: 1 });
    await expect(late).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('version 2') });
    expect(await records.getModel('support-intents')).toMatchObject({ champion: 2 });
  });

  test('of promotions at once that expect the same champion one wins', async () => {
    const records = await databases.open();
    await registered(records, 9);
    await records.promote({ ...act(), version: 1 });
    const versions = [2, 3, 4, 5, 6, 7, 8, 9];
    const outcomes = await Promise.allSettled(
      versions.map((version) => records.promote({ ...act(), version, expectedChampion: 1 })),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await records.audit('support-intents')).filter(({ action }) => action === 'promote')).toHaveLength(2);
  });

  test('rolls back to the version before, step by step, and to a named one', async () => {
    const records = await databases.open();
    await registered(records, 4);
    for (const version of [1, 2, 3]) await records.promote({ ...act(), version });
    expect(await records.rollback({ ...act(), reason: 'worse' })).toMatchObject({ champion: 2, previous: 3 });
    expect(await records.rollback({ ...act(), reason: 'worse' })).toMatchObject({ champion: 1, previous: 2 });
    await expect(records.rollback({ ...act(), reason: 'worse' })).rejects.toMatchObject({ code: 'conflict' });
    await records.promote({ ...act(), version: 3 });
    expect(await records.rollback({ ...act(), version: 4, reason: 'worse' })).toMatchObject({ champion: 4 });
    expect(await records.rollback({ ...act(), reason: 'worse' })).toMatchObject({ champion: 1, previous: 4 });
  });

  test('refuses dead versions, with the reason', async () => {
    const records = await databases.open();
    await records.registerVersion(newVersion(1));
    await records.registerVersion(newVersion(2, { shutdownDate: yesterday }));
    await registered(records, 4);
    await records.promote({ ...act(), version: 3 });
    await records.retire({ ...act(), version: 1, reason: 'Leaks prompts.' });
    const to = async (version: number, alive?: (version: ModelVersion) => Promise<string | undefined>) =>
      await records.rollback({ ...act(), version, reason: 'worse' }, alive);
    const dead = (because: string) => ({ code: 'version_dead', message: expect.stringContaining(because) });
    await expect(to(1)).rejects.toMatchObject(dead('was retired on'));
    await expect(to(1)).rejects.toMatchObject(dead('Leaks prompts.'));
    await expect(to(2)).rejects.toMatchObject(dead(`was shut down by its platform on ${yesterday}`));
    await expect(to(4, async ({ modelId }) => `is gone: ${modelId}`)).rejects.toMatchObject(dead('is gone: ft:'));
    await expect(to(5)).rejects.toMatchObject({ code: 'version_unknown' });
    expect(await to(4, async () => undefined)).toMatchObject({ champion: 4 });
    await expect(records.promote({ ...act(), version: 1 })).rejects.toMatchObject(dead('was retired on'));
  });

  test('what happens while the platform is asked is not overlooked', async () => {
    const records = await databases.open();
    await registered(records, 4);
    for (const version of [1, 2]) await records.promote({ ...act(), version });
    const meanwhile = (what: () => Promise<unknown>) => async () => {
      await what();
      return undefined;
    };
    const retired = meanwhile(() => records.retire({ ...act(), version: 3, reason: 'bad' }));
    await expect(records.promote({ ...act(), version: 3 }, retired)).rejects.toMatchObject({ code: 'version_dead' });
    const promoted = meanwhile(() => records.promote({ ...act(), version: 4 }));
    const rollback = records.rollback({ ...act(), reason: 'worse than 1' }, promoted);
    await expect(rollback).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('version 4') });
    expect(await records.getModel('support-intents')).toMatchObject({ champion: 4 });
  });

  test('retires no champion unless told, and then resolves to nothing', async () => {
    const records = await databases.open();
    await registered(records, 2);
    await records.promote({ ...act(), version: 1 });
    await records.promote({ ...act(), version: 2 });
    await expect(records.retire({ ...act(), version: 2, reason: 'old' })).rejects.toMatchObject({ code: 'conflict' });
    expect(await records.retire({ ...act(), version: 1, reason: 'old' })).toMatchObject({ champion: 2, changed: true });
    expect(await records.retire({ ...act(), version: 1, reason: 'old' })).toMatchObject({ changed: false });
    await records.retire({ ...act(), version: 2, reason: 'recalled', evenChampion: true });
    await expect(records.resolve('support-intents')).rejects.toMatchObject({ code: 'no_champion' });
    expect(await records.getVersion('support-intents', 2)).toMatchObject({
      aliases: [],
      retired: { by: 'kim', reason: 'recalled' },
    });
  });

  test('audits who did what, from what to what and why; the audit is only added to', async () => {
    const location = await databases.location();
    const records = await databases.open(location);
    await registered(records, 2);
    const promotion = { ...act(), version: 1 };
    await records.promote(promotion);
    await records.promote({ ...act(), version: 2 });
    await records.rollback({ ...act(), by: 'alex', reason: 'complaints' });
    const { id, at, requestId, ...last } = (await records.audit('support-intents'))[0] ?? {};
    expect(last).toEqual({ by: 'alex', action: 'rollback', version: 1, from: '2', to: '1', reason: 'complaints' });
    expect(await records.audit('support-intents')).toContainEqual(
      expect.objectContaining({ action: 'promote', to: '1', requestId: promotion.requestId }),
    );
    await expect(records.audit('other')).rejects.toMatchObject({ code: 'model_unknown' });
  });

  test('keeps owner, description and tags, and says in the audit what they were', async () => {
    const records = await databases.open();
    await registered(records, 1);
    const who = { model: 'support-intents', by: 'kim' };
    await records.update({ ...who, owner: 'support', description: 'intents', tags: { tier: '1', eu: 'yes' } });
    await records.update({ ...who, tags: { tier: null } });
    await records.update({ ...who, tags: { tier: null } });
    await records.update({ ...who, version: 1, tags: { note: 'odd \0 \ud800 text' } });
    expect(await records.getModel('support-intents')).toMatchObject({
      owner: 'support',
      description: 'intents',
      tags: { eu: 'yes' },
    });
    expect((await records.getVersion('support-intents', 1)).tags).toEqual({ note: 'odd \ufffd \ufffd text' });
    expect((await records.audit('support-intents')).map(({ action }) => action)).toEqual([
      'update',
      'update',
      'update',
      'register',
    ]);
  });

  test('sends a share of the keys to a canary, each always the same way', async () => {
    const records = await databases.open();
    await registered(records, 2);
    const canary = (share: number) => records.setCanary({ ...act(), version: 2, share });
    await expect(canary(0.2)).rejects.toMatchObject({ code: 'no_champion' });
    await records.promote({ ...act(), version: 1 });
    for (const share of [0, -1, 1.1, Number.NaN]) {
      await expect(canary(share)).rejects.toMatchObject({ code: 'invalid_config' });
    }
    expect(await canary(0.2)).toMatchObject({ version: 2, champion: 1, share: 0.2, by: 'kim' });
    const serving = await records.serving('support-intents');
    expect(serving).toMatchObject({ champion: { version: 1 }, canary: { candidate: { version: 2 }, share: 0.2 } });
    const once = await records.resolve('support-intents', { key: 'customer-3' });
    expect(await records.resolve('support-intents', { key: 'customer-3' })).toEqual(once);
    expect(await records.resolve('support-intents')).toMatchObject({ version: 1, alias: 'champion' });
    expect(await records.clearCanary({ ...act(), reason: 'enough' })).toBe(true);
    expect(await records.clearCanary({ ...act(), reason: 'enough' })).toBe(false);
    expect(await records.serving('support-intents')).not.toHaveProperty('canary');
  });

  test('a canary ends when its candidate or its champion is no longer that', async () => {
    const records = await databases.open();
    await registered(records, 3);
    await records.promote({ ...act(), version: 1 });
    const start = async () => await records.setCanary({ ...act(), version: 2, share: 0.5 });
    await start();
    await records.promote({ ...act(), version: 3 });
    expect(await records.getModel('support-intents')).not.toHaveProperty('canary');
    await start();
    await records.retire({ ...act(), version: 2, reason: 'bad' });
    expect(await records.getModel('support-intents')).not.toHaveProperty('canary');
    await expect(start()).rejects.toMatchObject({ code: 'version_dead' });
    const reasons = (await records.audit('support-intents')).filter(({ action }) => action === 'canary-end');
    expect(reasons.map(({ reason }) => reason)).toEqual(['version 2 was retired', 'version 3 became champion']);
  });

  test('tells the revision of each model', async () => {
    const records = await databases.open();
    await registered(records, 1);
    await records.promote({ ...act(), version: 1 });
    await records.registerVersion(newVersion(1, { model: 'other' }));
    expect(await records.revisions(['support-intents', 'other', 'none'])).toEqual(
      new Map([
        ['support-intents', 1],
        ['other', 0],
      ]),
    );
    expect(await records.revisions([])).toEqual(new Map());
  });
});
