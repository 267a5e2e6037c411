import { parentPort } from 'node:worker_threads';
import { takeVocabulary } from '../../bpe/kernel.ts';
import { usualEncoding } from '../../tokens.ts';
import { type Examiner, examiner } from '../examine.ts';
import { examineRange, type Range } from './range.ts';
import type { Task, Told } from './ranges.ts';

// A thread that is told of a file, then examines one range of it after another: an answer for each. Another file may follow.
let task: { fd: number; examine: Examiner } | undefined;

parentPort?.on('message', (asked: Task | Range) => {
  if ('fd' in asked) {
    takeVocabulary(asked.options.encoding ?? usualEncoding, asked.vocabulary);
    task = { fd: asked.fd, examine: examiner(asked.options) };
    return;
  }
  // Copied: once a thread has transferred a buffer, all that V8 has compiled there for typed arrays is thrown away.
  parentPort?.postMessage(tell(asked));
});

function tell(range: Range): Told {
  if (!task) throw new Error('A range was given before a file.');
  try {
    return { packed: examineRange(task.fd, range, task.examine) };
  } catch (error) {
    const { syscall, code } = error as NodeJS.ErrnoException;
    if (syscall === undefined) throw error;
    return { unreadable: code };
  }
}
