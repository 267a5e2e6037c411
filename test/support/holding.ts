import { setTimeout } from 'node:timers/promises';
import { activityInfo, Context } from '@temporalio/activity';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';

/** Holds runs still before an activity, and loses what an activity has answered. */
export interface Holding {
  around: ActivityInterceptorsFactory;
  /** The first attempt of this activity does not begin before it is released, nor one that follows when that has timed out. */
  hold(run: string, activity: string): void;
  isHeld(run: string): boolean;
  releaseAll(): void;
  /** The first attempt of this activity, or of each, has its effect, and fails as if its worker had died then. */
  lose(run: string, activity?: string): void;
}

export function holding(): Holding {
  const holds = new Map<string, string>();
  const held = new Set<string>();
  const losses = new Map<string, string | undefined>();

  return {
    around: () => ({
      inbound: {
        async execute(input, next) {
          const { activityType, attempt, workflowExecution } = activityInfo();
          // Of an evaluation the run that has begun it.
          const [run = ''] = workflowExecution?.workflowId.split('/') ?? [];
          const holdable = attempt === 1 || held.has(run);
          while (holdable && holds.get(run) === activityType) {
            held.add(run);
            Context.current().heartbeat();
            await setTimeout(100);
          }
          const result = await next(input);
          const lost = losses.has(run) && (losses.get(run) ?? activityType) === activityType;
          if (attempt === 1 && lost) throw new Error('The worker has died.');
          return result;
        },
      },
    }),
    hold: (run, activity) => void holds.set(run, activity),
    isHeld: (run) => held.has(run),
    releaseAll: () => holds.clear(),
    lose: (run, activity) => void losses.set(run, activity),
  };
}
