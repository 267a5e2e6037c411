import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { folderStore } from '../../src/artifacts/index.ts';
import type { RunConfigInput } from '../../src/contract/config.ts';
import type { RunReport } from '../../src/evaluation/index.ts';
import { createPlatforms } from '../../src/platforms/registry.ts';
import { type Pipeline, pipeline, smallDataSet } from '../support/pipeline.ts';

let at: Pipeline;
beforeAll(async () => {
  at = await pipeline();
  const lines = smallDataSet().trimEnd().split('\n');
  const sliced = lines.map((line, index) =>
    JSON.stringify({ ...JSON.parse(line), customer: { country: index % 2 ? 'de' : 'fr' } }),
  );
  await writeFile(join(at.folder, 'sliced.jsonl'), `${sliced.join('\n')}\n`);
});
afterAll(async () => await at.close());

/** A run whose results are told apart by country: its report, its warnings, and which fields its uploaded lines have. */
async function told(grader: NonNullable<RunConfigInput['evaluation']>['grader']) {
  const evaluation = { grader, slices: ['customer.country'] };
  const run = await at.client.start(at.config({ data: { train: 'sliced.jsonl' }, evaluation }));
  const { report, runId } = await run.result();
  const { slices } = JSON.parse(await folderStore(at.settings.artifacts).readText(report)) as RunReport;
  const platform = createPlatforms(at.settings.connections, { env: at.settings.env }).get('simulator');
  const files = await platform.findFiles(`tunewright-${runId}`);
  const lines = await Promise.all(
    files.map(async ({ id }) => {
      const answer = await fetch(`${at.simulator.url}/files/${id}/content`, { headers: { authorization: 'Bearer x' } });
      return (await answer.text()).trimEnd().split('\n');
    }),
  );
  expect(lines).toHaveLength(2);
  const fields = [...new Set(lines.flat().flatMap((line) => Object.keys(JSON.parse(line))))];
  return { slices, fields, warnings: (await run.progress()).data?.warnings ?? [] };
}

test('a field by which results are told apart is not uploaded, nor warned of', async () => {
  const { slices, fields, warnings } = await told({ type: 'exact_match' });
  expect(
    slices
      .find(({ field }) => field === 'customer.country')
      ?.slices.map(({ value }) => value)
      .sort(),
  ).toEqual(['de', 'fr']);
  expect(fields).toEqual(['messages']);
  expect(warnings.join('\n')).not.toContain('example_unrecognized_key');
});

test('one that the grader looks at stays: checkpoints and tries are graded by what was uploaded', async () => {
  const grader = { type: 'string_check' as const, operation: 'eq' as const, reference: '{{item.customer.country}}' };
  expect((await told(grader)).fields).toEqual(['messages', 'customer']);
});
