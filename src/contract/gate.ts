import { z } from 'zod';
import { answersCounted } from './verdict.ts';

const share = z.number().min(0).max(1);
/** Differences of shares: 0.02 asks for two points more, -0.02 allows two points less. */
const margin = z.number().min(-1).max(1);

/**
 * What a tuned model has to show before it may answer in place of another. A margin is what the lower end of the
 * difference's interval has to be above: so a tie passes no margin of 0.
 */
export const gateSchema = z.strictObject({
  /** Of the intervals by which margins are judged. */
  confidence: z.number().min(0.8).max(0.999).default(0.95),
  /** Fewer held-out examples prove nothing. */
  minimumExamples: z.int().min(1).default(30),
  /** Fewer different right answers among them prove little: one alone a model may give without looking. */
  minimumAnswers: z.int().min(1).max(answersCounted).default(2),
  /** Share of examples without an answer or without a grade that is put up with. */
  maximumFailures: share.default(0.02),
  /** Share of held-out examples that training may have asked too. */
  maximumSeen: share.default(0.02),
  /** Share of held-out examples that have to be right. */
  minimumScore: share.optional(),
  margins: z
    .strictObject({
      base: margin.default(0),
      prompted: margin.default(0),
      champion: margin.default(0),
    })
    .prefault({}),
  /** No slice may be shown to be worse than this many points below the champion, or the base model where there is none. */
  slices: z
    .strictObject({
      maximumDrop: share.default(0.1),
      /** Smaller slices are left out: they show nothing. */
      minimumExamples: z.int().min(1).default(20),
    })
    .optional(),
  /** Of 1,000 answers like those to the held-out examples, at list prices. */
  maximumUsdPer1000: z.number().positive().optional(),
  /** Of the answers to the held-out examples, as the run has seen them: other calls and the way there count in. */
  maximumMedianMs: z.number().positive().optional(),
  /** Life that the base model of the tuned one has to have left. */
  minimumLifeDays: z.number().min(0).default(14),
  /** Who promotes a model that has passed. */
  approval: z.enum(['automatic', 'person']).default('automatic'),
  /** A person who has not answered by then is taken to have said what `atDeadline` says. */
  approvalHours: z.number().positive().max(8760).default(168),
  /** Between two reminders. */
  reminderHours: z.number().min(0.01).max(8760).default(24),
  atDeadline: z.enum(['keep', 'promote']).default('keep'),
});

export type GateConfig = z.infer<typeof gateSchema>;
