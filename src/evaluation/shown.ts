import { seededRandom } from '../datasets/random.ts';
import type { Stream } from './prediction.ts';

/** A training example: what is asked, and the message that answers it. */
export interface ShownExample {
  /** Without instructions: they stand in each question already. */
  turns: readonly unknown[];
  answer: string;
}

interface Kept {
  seen: number;
  examples: ShownExample[];
}

/** Answers that are labels are few: more different ones than this are free text, of which any examples will do. */
const labelsAtMost = 200;

/**
 * Chooses examples to be shown in a prompt, seeded: of as many different answers as there is room for, since an example of
 * each label tells more than two of one. Reads the stream once and keeps no more than it may choose.
 */
export async function chooseShown(
  examples: Stream<ShownExample>,
  count: number,
  seed: number,
): Promise<ShownExample[]> {
  const random = seededRandom(seed);
  const byAnswer = new Map<string, Kept>();
  const any: Kept = { seen: 0, examples: [] };

  /** Each example of the stream has the same chance to be kept (Vitter's algorithm R). */
  function offer(kept: Kept, example: ShownExample, room: number): void {
    kept.seen += 1;
    const place = kept.examples.length < room ? kept.examples.length : Math.floor(random() * kept.seen);
    if (place < room) kept.examples[place] = example;
  }

  for await (const example of examples) {
    offer(any, example, count);
    const kept = byAnswer.get(example.answer) ?? { seen: 0, examples: [] };
    if (byAnswer.size < labelsAtMost || byAnswer.has(example.answer)) byAnswer.set(example.answer, kept);
    offer(kept, example, count);
  }
  if (byAnswer.size === labelsAtMost) return any.examples;

  const labels = shuffled([...byAnswer.values()], random);
  const chosen: ShownExample[] = [];
  for (let round = 0; round < count; round++) {
    for (const { examples: kept } of labels) {
      const example = kept[round];
      if (example && chosen.length < count) chosen.push(example);
    }
  }
  return chosen;
}

/** Puts the shown examples behind a question's instructions and before what is asked. */
export function withShown(messages: readonly unknown[], shown: readonly unknown[]): unknown[] {
  const asked = messages.findIndex((message) => !isInstruction(message));
  const at = asked < 0 ? messages.length : asked;
  return [...messages.slice(0, at), ...shown, ...messages.slice(at)];
}

export function isInstruction(message: unknown): boolean {
  const role = typeof message === 'object' && message !== null && 'role' in message ? message.role : undefined;
  return role === 'system' || role === 'developer';
}

function shuffled<T>(items: T[], random: () => number): T[] {
  for (let last = items.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [items[last], items[other]] = [items[other] as T, items[last] as T];
  }
  return items;
}
