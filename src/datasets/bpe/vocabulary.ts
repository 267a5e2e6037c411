import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** The byte-pair encodings of OpenAI's models: `o200k_base` since GPT-4o, `cl100k_base` before. */
export type Encoding = 'o200k_base' | 'cl100k_base';

/** That of the current models, where none is named or known. */
export const usualEncoding: Encoding = 'o200k_base';

const require = createRequire(import.meta.url);

/** The ranks as the package `tiktoken` ships them: 2 MB of text, in ASCII. */
export function ranksOf(encoding: Encoding): string {
  const file = readFileSync(require.resolve(`tiktoken/encoders/${encoding}.json`), 'latin1');
  return (JSON.parse(file) as { bpe_ranks: string }).bpe_ranks;
}
