import { onEachDatabase } from './support/databases.ts';
import { act, newVersion, registered } from './support/samples.ts';

const content = { sha256: 'c'.repeat(64), bytes: 7, uri: 'file:///c' };

onEachDatabase('files of programs', (databases) => {
  test('are kept, listed in pages by time, and forgotten', async () => {
    const records = await databases.open(await databases.location());
    const ids: string[] = [];
    for (const filename of ['a.jsonl', 'b.jsonl', 'c.jsonl']) {
      ids.push((await records.addFile({ filename, purpose: 'fine-tune', content }, 'shop')).id);
    }
    await records.addFile({ filename: 'other', purpose: 'batch', content }, undefined);
    expect(await records.getFile(ids[0] ?? '')).toMatchObject({ filename: 'a.jsonl', purpose: 'fine-tune', content });
    const listed = async (limit: number, order: 'asc' | 'desc', after?: string) =>
      (await records.listFiles({ limit, order, purpose: 'fine-tune', after })).map(({ id }) => id).sort();
    expect(await listed(10, 'asc')).toEqual([...ids].sort());
    const [first] = await records.listFiles({ limit: 1, order: 'desc', purpose: 'fine-tune' });
    expect(await listed(10, 'desc', first?.id)).toEqual(ids.filter((id) => id !== first?.id).sort());
    expect([await records.removeFile(ids[0] ?? ''), await records.removeFile(ids[0] ?? '')]).toEqual([true, false]);
    expect(await records.getFile(ids[0] ?? '')).toBeUndefined();
  });

  test('come in parts, each of one upload', async () => {
    const records = await databases.open(await databases.location());
    const part = await records.addPart('upload-1', content);
    await records.addPart('upload-2', content);
    expect(await records.partsOf('upload-1')).toEqual(new Map([[part, content]]));
  });
});

onEachDatabase("a platform's id", (databases) => {
  test('leads to the model that has it, the one registered last where several have', async () => {
    const records = await databases.open(await databases.location());
    await registered(records, 2);
    const { modelId } = newVersion(1);
    expect(await records.modelOf(modelId)).toBe('support-intents');
    await records.retire({ ...act(), version: 1, reason: 'dead' });
    expect(await records.modelOf(modelId)).toBe('support-intents');
    await records.registerVersion(newVersion(1, { model: 'another' }));
    expect(await records.modelOf(modelId)).toBe('another');
    expect(await records.modelOf('ft:none')).toBeUndefined();
  });
});
