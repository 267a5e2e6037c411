import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const logger = new URL('../src/logger.ts', import.meta.url).href;

/** What a line says of an error that Temporal's SDK logs. */
async function logged(error: string): Promise<Record<string, unknown>> {
  const script = `
    import { ApplicationFailure } from '@temporalio/common';
    import { createLogger } from '${logger}';
    createLogger('info').warn({ error: ${error} }, 'Activity failed');`;
  const argv = ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', script];
  const { stderr } = await promisify(execFile)(process.execPath, argv, { env: { ...process.env, NODE_OPTIONS: '' } });
  return JSON.parse(stderr).error;
}

test('a named error is logged with its name and what it says', async () => {
  const error = await logged("ApplicationFailure.create({ type: 'disk_full', message: 'The disk is full.' })");
  expect(error).toMatchObject({ type: 'disk_full', message: 'The disk is full.' });
  expect(error).not.toHaveProperty('stack');
});

test('one without a name is logged with where it comes from, too', async () => {
  expect(await logged("new Error('a fault')")).toMatchObject({
    type: 'internal',
    message: 'a fault',
    stack: expect.stringContaining('Error: a fault\n    at '),
  });
});
