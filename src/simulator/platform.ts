import type { BatchRunner } from './batches/runner.ts';
import type { RateLimiter } from './chat/limiter.ts';
import type { JobRunner } from './jobs/runner.ts';
import type { Services } from './services.ts';

/** The whole platform, as the routes see it. */
export interface Platform extends Services {
  jobs: JobRunner;
  batches: BatchRunner;
  limiter: RateLimiter;
}
