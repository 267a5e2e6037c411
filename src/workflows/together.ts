import { CancellationScope } from '@temporalio/workflow';

/** All at once. When one fails the others are stopped and waited for: nothing goes on behind the clean-up's back. */
export async function together<const T extends readonly (() => Promise<unknown>)[]>(
  calls: T,
): Promise<{ -readonly [at in keyof T]: Awaited<ReturnType<T[at]>> }> {
  return await CancellationScope.cancellable(async () => {
    const all = calls.map(async (call) => await call());
    try {
      return (await Promise.all(all)) as { -readonly [at in keyof T]: Awaited<ReturnType<T[at]>> };
    } catch (error) {
      CancellationScope.current().cancel();
      await Promise.allSettled(all);
      throw error;
    }
  });
}
