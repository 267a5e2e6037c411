import type { HttpBindings } from '@hono/node-server';
import type { BatchFault, FileFault, JobFault } from './faults/rules.ts';

/** What a request brings along besides itself: the connection, and faults meant for the object it creates. */
export interface AppBindings extends HttpBindings {
  jobFault?: JobFault;
  fileFault?: FileFault;
  batchFault?: BatchFault;
}

/** Hono's environment type for all routes. */
export interface AppEnv {
  Bindings: AppBindings;
}
