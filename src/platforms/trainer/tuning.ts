import { z } from 'zod';
import type { Method } from '../../contract/config.ts';
import type { GraderConfig } from '../../contract/graders.ts';
import type { JobSpec } from '../platform.ts';

/** One answer alone is compared with none. */
const leastAnswers = 2;

/** How a connection trains. The trainers read it: tunewright_trainer/job.py. */
export const tuningSchema = z.strictObject({
  method: z.enum(['full', 'lora']).default('lora'),
  loraRank: z.int().positive().default(16),
  /** Before the run's multiplier; when absent what is usual for the run's method and this one. */
  learningRate: z.number().positive().optional(),
  /** Where a run says `auto`. */
  epochs: z.int().positive().default(3),
  batchSize: z.int().positive().default(8),
  /** Longer examples are cut. */
  maxTokens: z.int().positive().default(2048),
  gradientAccumulation: z.int().positive().default(1),
  /** About so many are saved on the way, so that a trainer that dies loses little; the last ones are kept. */
  checkpoints: z.int().min(2).default(20),
  keepCheckpoints: z.int().positive().default(2),
  /** By reinforcement: answers to each question, which are compared with each other. */
  answers: z.int().min(leastAnswers).default(8),
  /** Of one training on one host; when absent one for each GPU that it sees. */
  processes: z.int().positive().optional(),
});
export type Tuning = z.infer<typeof tuningSchema>;

/** What trainers know. */
export const trainerMethods: readonly Method[] = ['supervised', 'dpo', 'reinforcement'];

/** TRL's default. */
const usualBeta = 0.1;

/** What a trainer is told besides model and data. */
export interface Settled {
  /** The run's method; the connection's own is how weights are trained. */
  objective: Method;
  beta: number;
  reinforcement?: { grader: GraderConfig; answers: number; answerTokens: number };
  epochs: number;
  batchSize: number;
  learningRateMultiplier: number;
  seed: number;
  tuning: Omit<Tuning, 'epochs' | 'batchSize' | 'answers'>;
}

/** A run's hyperparameters, and the connection's where it says `auto`. */
export function settled({ method, hyperparameters, reward, seed }: JobSpec, connection: Tuning): Settled {
  const { epochs, batchSize, learningRateMultiplier, beta = 'auto', computeMultiplier = 'auto' } = hyperparameters;
  const { epochs: usualEpochs, batchSize: usualBatchSize, answers: usualAnswers, ...tuning } = connection;
  const answers = Math.max(
    leastAnswers,
    Math.round(usualAnswers * (computeMultiplier === 'auto' ? 1 : computeMultiplier)),
  );
  return {
    objective: method,
    beta: beta === 'auto' ? usualBeta : beta,
    ...(reward ? { reinforcement: { grader: reward.grader, answers, answerTokens: reward.maxOutputTokens } } : {}),
    epochs: epochs === 'auto' ? usualEpochs : epochs,
    batchSize: batchSize === 'auto' ? usualBatchSize : batchSize,
    learningRateMultiplier: learningRateMultiplier === 'auto' ? 1 : learningRateMultiplier,
    seed,
    tuning,
  };
}
