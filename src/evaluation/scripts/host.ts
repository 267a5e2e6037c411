import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

// The process in which a user's module grades: it is told the module in the first line, and then an answer a line.

type Grade = (sample: unknown, item: unknown) => unknown;

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const write = process.stdout.write.bind(process.stdout);
// What the module prints is no answer.
process.stdout.write = () => true;

function say(answer: object): void {
  write(`${JSON.stringify(answer)}\n`);
}

/** The kind of a failure alone: its message may quote data. */
function kind(error: unknown): string {
  return error instanceof Error ? error.constructor.name : 'it threw no error';
}

function gradeOf(value: unknown): object {
  const { score, reason } =
    typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : { score: value };
  const number = typeof score === 'boolean' ? Number(score) : score;
  if (typeof number !== 'number' || !Number.isFinite(number)) return { error: 'grade gave no finite number' };
  return { score: number, ...(typeof reason === 'string' ? { reason } : {}) };
}

async function load(): Promise<Grade | undefined> {
  const { module } = JSON.parse((await lines.next()).value ?? '') as { module: string };
  try {
    const { grade } = (await import(pathToFileURL(module).href)) as { grade?: unknown };
    if (typeof grade === 'function') return grade as Grade;
    say({ broken: 'it exports no function grade' });
  } catch (error) {
    say({ broken: kind(error) });
  }
  return undefined;
}

const grade = await load();
if (grade) {
  say({ ready: true });
  for await (const line of { [Symbol.asyncIterator]: () => lines }) {
    const { sample, item } = JSON.parse(line) as { sample: unknown; item: unknown };
    try {
      say(gradeOf(await grade(sample, item)));
    } catch (error) {
      say({ error: kind(error) });
    }
  }
}
