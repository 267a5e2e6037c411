import type { AdoptedChain, ModelVersion } from '../../contract/registry.ts';

const longestName = 40;

/** The same chain has the same key. */
export function chainKey({ connection, family, suffix = '', modelId = '' }: AdoptedChain): string {
  return JSON.stringify([connection, family, suffix, modelId]);
}

/**
 * Names for the registered model of a chain, in the order in which they are tried: what its makers called it; then with
 * its family, with its connection, and with numbers.
 */
export function* namesFor({ connection, family, suffix, modelId }: AdoptedChain): Generator<string, never, void> {
  const first = suffix ?? `${family} ${modelId?.slice(-8) ?? ''}`;
  yield slug(first);
  yield slug(first, family);
  yield slug(first, family, connection);
  for (let number = 2; ; number++) yield slug(first, family, connection, number);
}

/** Whether the registered model of these versions is that chain's. */
export function isOf(chain: AdoptedChain, versions: readonly ModelVersion[]): boolean {
  return versions.some(({ lineage }) => lineage.adopted && chainKey(lineage.chain) === chainKey(chain));
}

/** As names of models are made; of what is too long the first part gives way, then the end, and the number never. */
function slug(first: string, family?: string, connection?: string, number?: number): string {
  const tail = number === undefined ? '' : `-${number}`;
  const room = longestName - tail.length;
  const end = [family, connection].map((part) => (part === undefined ? '' : `-${plain(part)}`)).join('');
  const begin = (plain(first) || 'model').slice(0, Math.max(1, room - end.length));
  return `${`${begin}${end}`.slice(0, room).replace(/-+$/, '')}${tail}`;
}

function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}
