import { CancellationScope } from '@temporalio/workflow';

/** Two at once. When one fails the other is stopped and waited for: nothing goes on behind the clean-up's back. */
export async function together<A, B>(one: () => Promise<A>, other: () => Promise<B>): Promise<[A, B]> {
  return await CancellationScope.cancellable(async () => {
    const both = [one(), other()] as const;
    try {
      return await Promise.all(both);
    } catch (error) {
      CancellationScope.current().cancel();
      await Promise.allSettled(both);
      throw error;
    }
  });
}
