import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

/** A worker starts in a second from a bundle made beforehand; without one it would bundle at every start. */
const [, , target = fileURLToPath(new URL('../dist/workflows.bundle.js', import.meta.url))] = process.argv;
const workflowsPath = fileURLToPath(new URL('../src/workflows/index.ts', import.meta.url));

const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') });
await writeFile(target, code);
