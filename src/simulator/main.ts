import { parseArgs } from 'node:util';
import { startSimulator } from './index.ts';

/** Process entry: prints one JSON line with the URL when ready; SIGTERM and SIGINT close cleanly. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      'data-dir': { type: 'string', default: '.simulator' },
      port: { type: 'string', default: '0' },
      'training-seconds': { type: 'string' },
    },
  });
  const seconds = values['training-seconds'];
  const simulator = await startSimulator({
    dataDir: values['data-dir'],
    port: Number(values.port),
    ...(seconds !== undefined && { trainingSeconds: Number(seconds) }),
  });
  process.stdout.write(`${JSON.stringify({ url: simulator.url })}\n`);
  const close = () => void simulator.close().then(() => process.exit(0));
  process.once('SIGTERM', close);
  process.once('SIGINT', close);
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
