import type { Method } from '../contract/config.ts';
import { TunewrightError } from '../contract/errors.ts';
import type { Fixed } from '../datasets/fix/fix.ts';
import type { AlikeOptions, Inspection, InspectOptions, Quality, Review } from '../datasets/index.ts';
import type { Context } from './context.ts';
import { bar } from './render/bar.ts';
import { sourceError } from './source-error.ts';

const barWidth = 30;
/** All are counted; so many have room in memory. */
const mostProblems = 100_000;
/** Comparing all with all takes seconds for so many. */
const mostCompared = 100_000;

/** The method that a file is for, by its first line. */
export async function toldMethod(path: string): Promise<Method> {
  const { methodOf } = await import('../datasets/index.ts');
  return await named(path, async () => await methodOf(path));
}

/** The problems of a file, with how far it has come on the terminal. */
export async function inspectFile({ out }: Context, path: string, options: InspectOptions): Promise<Inspection> {
  const { inspectDataset } = await import('../datasets/index.ts');
  const onProgress = (done: number, total: number) => out.draw(`checking ${bar(done, total, barWidth)}`);
  const all = { ...options, maxProblems: mostProblems, onProgress };
  return await named(path, async () => await inspectDataset(path, all)).finally(() => out.keep());
}

/** The same, with the counts of each example written to a file of JSON lines. */
export async function inspectCounting(
  context: Context,
  path: string,
  counts: { out: string; inputs: readonly string[]; force: boolean | undefined },
  options: InspectOptions,
): Promise<Inspection> {
  const { openDraft } = await import('../datasets/draft.ts');
  const { out, inputs, force } = counts;
  const draft = await openDraft(out, { inputs: inputs.map((path) => ({ path })), force });
  try {
    const onCounts = async (examples: object[]) =>
      await draft.write(examples.map((example) => `${JSON.stringify(example)}\n`).join(''));
    const found = await inspectFile(context, path, { ...options, onCounts });
    await draft.keep();
    return found;
  } finally {
    await draft.discard();
  }
}

/** Writes the mended copy of a file; throws what the signal says when it is broken off. */
export async function fixed(
  { out }: Context,
  path: string,
  to: string,
  options: { method: Method; others: readonly string[]; force: boolean | undefined; signal: AbortSignal },
): Promise<Fixed> {
  const { fixFile } = await import('../datasets/fix/fix.ts');
  const onProgress = (done: number, total: number) => out.draw(`mending ${bar(done, total, barWidth)}`);
  return await named(path, async () => await fixFile(path, to, { ...options, onProgress })).finally(() => out.keep());
}

/** With what asks nearly the same, in the file or in the training file. What is not valid yet has other troubles first. */
export async function withAlike(
  found: Inspection,
  path: string,
  options: Omit<AlikeOptions, 'method' | 'within'>,
): Promise<Inspection> {
  if (found.errors > 0) return found;
  const { findAlike } = await import('../datasets/index.ts');
  return await named(options.train ?? path, async () => {
    const within = found.examples <= mostCompared;
    const { problems: more, removable } = await findAlike(path, { ...options, method: found.method, within });
    return {
      ...found,
      problems: [...found.problems, ...more],
      warnings: found.warnings + more.length,
      removable: { ...found.removable, ...(removable ? { near_duplicates: removable } : {}) },
    };
  });
}

/** Of labels, or of answers in free text. Throws `invalid_data` for a file that has errors, or too little to go by. */
export async function reviewOf(
  { errors, method }: Inspection,
  path: string,
  most: number,
  signal: AbortSignal | undefined,
): Promise<Review | Quality> {
  const { reviewAnswers, reviewTexts } = await import('../datasets/index.ts');
  const texts = async () => (method === 'reinforcement' ? undefined : await reviewTexts(path, method, most, signal));
  const reviewed = errors > 0 ? undefined : ((await reviewAnswers(path, method, most, signal)) ?? (await texts()));
  if (reviewed) return reviewed;
  const [reason, advice] = whyUnreviewed(errors, method);
  throw new TunewrightError('invalid_data', `${path} cannot be reviewed: ${reason}.`, { advice });
}

function whyUnreviewed(errors: number, method: Method): [reason: string, advice: string] {
  if (errors > 0) return ['it has errors', 'Mend them first; without --review they are all listed.'];
  if (method === 'reinforcement')
    return ['its references are no labels', 'Questions with free references are not reviewed; leave --review out.'];
  const advice = 'A review is for labels with five examples or more each, and for 20 answers in free text or more.';
  return ['there is too little to go by', advice];
}

/** The system's own errors by the name of the file. */
async function named<T>(path: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall) throw sourceError(path, error);
    throw error;
  }
}
