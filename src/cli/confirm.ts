import { TunewrightError } from '../contract/errors.ts';
import type { Context } from './context.ts';

/** Asks before what cannot be undone or is paid. Throws `refused` where there is nobody to ask. */
export async function confirmed({ ask, out }: Pick<Context, 'ask' | 'out'>, question: string): Promise<boolean> {
  const answer = out.json ? undefined : await ask(`${question} [y/N] `);
  if (answer !== undefined) return /^y(es)?$/i.test(answer.trim());
  throw new TunewrightError('refused', `There is nobody to ask: ${question}`, { advice: 'Say so by --yes.' });
}
