/** A worker as `tunewright worker` starts it, with the workflow bundle that `TUNEWRIGHT_TEST_BUNDLE` names. */
import { loadSettings } from '../../src/config.ts';
import { runWorker } from '../../src/worker.ts';

const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
const codePath = process.env.TUNEWRIGHT_TEST_BUNDLE ?? '';
await runWorker(loadSettings(process.env, process.cwd()), stop.signal, { workflowBundle: { codePath } });
