import { isOf, namesFor } from '../../src/activities/adopt/names.ts';
import type { AdoptedChain, ModelVersion } from '../../src/contract/registry.ts';
import { modelNamePattern } from '../../src/contract/registry.ts';

function first(count: number, chain: Partial<AdoptedChain>): string[] {
  const names = namesFor({ connection: 'openai', family: 'gpt-4.1-mini', ...chain });
  return Array.from({ length: count }, () => names.next().value);
}

test('a name is the suffix, then with the family, with the connection, and with numbers', () => {
  expect(first(5, { suffix: 'Support Desk' })).toEqual([
    'support-desk',
    'support-desk-gpt-4-1-mini',
    'support-desk-gpt-4-1-mini-openai',
    'support-desk-gpt-4-1-mini-openai-2',
    'support-desk-gpt-4-1-mini-openai-3',
  ]);
});

test('without a suffix it is the family and the end of the id', () => {
  expect(first(1, { modelId: 'ft:gpt-4.1-mini:acme::AbCdEfGh' })).toEqual(['gpt-4-1-mini-abcdefgh']);
});

test.each(['a'.repeat(64), '日本語', '-- --', 'x'.repeat(39)])(
  'a suffix such as "%s" gives names that models can have',
  (suffix) => {
    const names = first(6, { suffix, connection: 'a-connection-with-a-very-long-name-of-its-own' });
    for (const name of names) expect(name).toMatch(modelNamePattern);
    expect(new Set(names).size).toBeGreaterThan(3);
  },
);

test("a registered model is a chain's when one of its versions is", () => {
  const chain = { connection: 'openai', family: 'mini', suffix: 'desk' };
  const version = (lineage: object) => ({ lineage }) as ModelVersion;
  expect(isOf(chain, [version({ run: 'r' }), version({ adopted: true, chain })])).toBe(true);
  expect(isOf(chain, [version({ run: 'r' }), version({ adopted: true, chain: { ...chain, family: 'large' } })])).toBe(
    false,
  );
});
