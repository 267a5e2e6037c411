import { z } from 'zod';
import type { TrainingMetrics } from '../../contract/run.ts';
import type { JobEvent } from '../platform.ts';

const metricsShape = z.looseObject({
  step: z.number(),
  totalSteps: z.number().optional(),
  trainLoss: z.number().optional(),
  trainAccuracy: z.number().optional(),
  validLoss: z.number().optional(),
  validAccuracy: z.number().optional(),
  trainReward: z.number().optional(),
  validReward: z.number().optional(),
});
const eventShape = z.object({
  at: z.string(),
  level: z.enum(['info', 'warn', 'error']),
  message: z.string(),
  metrics: metricsShape.optional(),
});

/** Events as a trainer writes them, a line of JSON each, in the order in which they came; an event's id is its place. */
export function readEvents(text: string): JobEvent[] {
  return text.split('\n').flatMap((line, i) => {
    const event = readEvent(line);
    return event ? [{ id: `event-${i + 1}`, ...event }] : [];
  });
}

/** Undefined for a line that is still being written, or was cut off with the machine that wrote it. */
function readEvent(line: string): z.infer<typeof eventShape> | undefined {
  try {
    return eventShape.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/** The newest first, back to the one named (exclusive). */
export function eventsSince(events: readonly JobEvent[], lastSeenId: string | undefined): JobEvent[] {
  return events.slice(events.findIndex(({ id }) => id === lastSeenId) + 1).reverse();
}

/** The training curve. Steps that were trained again after a machine was lost are told again: the last word counts. */
export function curveOf(events: readonly JobEvent[]): TrainingMetrics[] {
  const steps = new Map<number, TrainingMetrics>();
  for (const { metrics } of events) {
    if (metrics) steps.set(metrics.step, { ...steps.get(metrics.step), ...metrics });
  }
  return [...steps.values()].sort((a, b) => a.step - b.step);
}
