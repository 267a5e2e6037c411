/**
 * Run as a program: `sdk-download <dev-server|time-skipping> <version> <folder>` has Temporal's SDK download a server.
 * The SDK has no download by itself: it starts what it downloads, so that is stopped again.
 */
import { TestWorkflowEnvironment } from '@temporalio/testing';

const [kind, version, downloadDir] = process.argv.slice(2);
const server = { executable: { type: 'cached-download', downloadDir, version: `v${version}` } } as const;
const environment =
  kind === 'time-skipping'
    ? await TestWorkflowEnvironment.createTimeSkipping({ server })
    : await TestWorkflowEnvironment.createLocal({ server });
await environment.teardown();
