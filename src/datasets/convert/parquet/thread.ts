import { parentPort, workerData } from 'node:worker_threads';
import { TunewrightError } from '../../../contract/errors.ts';
import { decode, type OpenFile } from './decode.ts';
import type { Told } from './rows.ts';

// The thread that decodes one file: an answer for each message, the last one without rows.
const decoding = decode(workerData as OpenFile);

parentPort?.on('message', async () => {
  parentPort?.postMessage(await told());
});

async function told(): Promise<Told> {
  try {
    const { value, done } = await decoding.next();
    return done ? { end: true } : value;
  } catch (error) {
    if (!(error instanceof TunewrightError)) throw error;
    const { code, message, advice } = error;
    return { fault: { code, message, advice } };
  }
}
