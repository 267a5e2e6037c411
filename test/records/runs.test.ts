import type { EvaluationRecord } from '../../src/contract/registry.ts';
import { onEachDatabase } from './support/databases.ts';
import { newRun } from './support/samples.ts';

onEachDatabase('records of runs', (databases) => {
  test('a run is one record, and what is older changes nothing', async () => {
    const records = await databases.open();
    const begun = newRun('run-1', '2026-11-01T10:00:00.000Z');
    const ended = {
      ...newRun('run-1', '2026-11-01T10:00:00.000Z', { status: 'succeeded' as const, stage: 'report' as const }),
      endedAt: '2026-11-01T12:00:00.000Z',
      asOf: '2026-11-01T12:00:00.000Z',
    };
    await records.recordRun(begun);
    await records.recordRun(ended);
    await records.recordRun(begun);
    await records.recordRun(ended);
    expect(await records.listRuns()).toEqual({ runs: [ended] });
  });

  test('lists newest first, by pages that neither miss nor repeat a run', async () => {
    const records = await databases.open();
    const keys: string[] = [];
    for (let number = 0; number < 25; number++) {
      const key = `run-${String(number).padStart(2, '0')}`;
      // Five at each moment, over years.
      await records.recordRun(newRun(key, `${2020 + Math.floor(number / 5)}-06-01T00:00:00.000Z`));
      keys.unshift(key);
    }
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await records.listRuns({ limit: 4, ...(after === undefined ? {} : { after }) });
      seen.push(...page.runs.map(({ key }) => key));
      after = page.next;
    } while (after !== undefined);
    expect(seen).toEqual(keys);
    expect((await records.listRuns({ limit: 25 })).next).toBeUndefined();
    await expect(records.listRuns({ after: 'nonsense' })).rejects.toMatchObject({ code: 'invalid_config' });
    await expect(records.listRuns({ limit: 0 })).rejects.toMatchObject({ code: 'invalid_config' });
  });

  test('lists by status, connection, base model, name and time', async () => {
    const records = await databases.open();
    await records.recordRun(newRun('a', '2024-01-01T00:00:00Z', { status: 'failed' }));
    await records.recordRun(newRun('b', '2025-01-01T00:00:00Z', { connection: 'azure', name: 'other' }));
    await records.recordRun(newRun('c', '2026-01-01T00:00:00Z', { baseModel: 'Qwen/Qwen3-0.6B' }));
    const keys = async (query: Parameters<typeof records.listRuns>[0]) =>
      (await records.listRuns(query)).runs.map(({ key }) => key);
    expect(await keys({ status: 'failed' })).toEqual(['a']);
    expect(await keys({ connection: 'azure' })).toEqual(['b']);
    expect(await keys({ baseModel: 'Qwen/Qwen3-0.6B' })).toEqual(['c']);
    expect(await keys({ name: 'other' })).toEqual(['b']);
    expect(await keys({ since: '2025-01-01', until: '2026-01-01T01:00:00+01:00' })).toEqual(['b']);
    await expect(keys({ since: 'last year' })).rejects.toMatchObject({ code: 'invalid_config' });
  });

  test('keeps jobs and evaluations of a run, each once', async () => {
    const records = await databases.open();
    const job = { id: 'ftjob-1', platformStatus: 'running' };
    const later = { ...job, platformStatus: 'succeeded', model: 'ft:1' };
    await records.recordJob({ runKey: 'run-1', connection: 'openai', job: later, asOf: '2026-11-01T12:00:00.000Z' });
    await records.recordJob({ runKey: 'run-1', connection: 'openai', job, asOf: '2026-11-01T11:00:00.000Z' });
    expect(await records.jobsOf('run-1')).toMatchObject([{ job: later }]);

    const evaluation: EvaluationRecord = {
      key: 'run-1/tuned',
      runKey: 'run-1',
      connection: 'openai',
      model: 'ft:1',
      target: 'tuned',
      dataSha256: 'b'.repeat(64),
      examples: 112,
      passed: 92,
      errors: 0,
      score: { value: 0.821, low: 0.74, high: 0.881 },
      costUsd: 0.0215,
      predictions: { sha256: 'c'.repeat(64), bytes: 10, uri: 'file:///c' },
      at: '2026-11-01T12:00:00.000Z',
    };
    await records.recordEvaluation({ ...evaluation, passed: 1 });
    await records.recordEvaluation(evaluation);
    expect(await records.evaluationsOf('run-1')).toEqual([evaluation]);
    expect(await records.evaluationsOf('run-2')).toEqual([]);
  });
});
