import { parentPort, workerData } from 'node:worker_threads';
import { examiner } from '../examine.ts';
import { examineRange, type Range } from './range.ts';
import type { Task, Told } from './ranges.ts';

// A thread that examines one range of a file after another: an answer for each message.
const { fd, options } = workerData as Task;
const examine = examiner(options);

parentPort?.on('message', (range: Range) => {
  const told = tell(range);
  const buffers = 'packed' in told ? [told.packed.problems, told.packed.facts, told.packed.lacking] : [];
  parentPort?.postMessage(
    told,
    buffers.map(({ buffer }) => buffer),
  );
});

function tell(range: Range): Told {
  try {
    return { packed: examineRange(fd, range, examine) };
  } catch (error) {
    const { syscall, code } = error as NodeJS.ErrnoException;
    if (syscall === undefined) throw error;
    return { unreadable: code };
  }
}
