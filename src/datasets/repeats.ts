import { fingerprint } from './fingerprint.ts';
import { canonicalJson } from './json.ts';
import { type Finding, warningAt } from './problem.ts';
import { assistantText } from './reference.ts';
import type { ChatExample, ChatMessage } from './shapes.ts';

/** Of 12 bytes each; three quarters are filled. */
const fewestSlots = 4096;
const mostSlots = 4 * 1024 * 1024;
const wordsOfSlot = 3;
const fill = 0.75;

export interface Repeats {
  /** What an example has in common with one before it. */
  add(example: ChatExample): Finding[];
}

/**
 * Finds examples that stand in a file before, and equal questions with another answer. Remembers hashes of the first
 * `limit` distinct questions: 64 bits of what is asked, 32 of the answer.
 */
export function repeatFinder(limit: number = mostSlots * fill): Repeats {
  let slots = new Uint32Array(fewestSlots * wordsOfSlot);
  let known = 0;

  function grow(): void {
    const old = slots;
    slots = new Uint32Array(old.length * 2);
    for (let at = 0; at < old.length; at += wordsOfSlot) {
      const entry = old.subarray(at, at + wordsOfSlot);
      if (isTaken(old, at)) slots.set(entry, slotOf(slots, entry[0] ?? 0, entry[1] ?? 0));
    }
  }

  return {
    add(example) {
      const last = example.messages.at(-1);
      if (last?.role !== 'assistant') return [];
      const asked = fingerprint(question(example));
      // A free slot has 0.
      const low = asked.low || 1;
      const answer = fingerprint([assistantText(last)]).low;
      const at = slotOf(slots, asked.high, low);
      if (isTaken(slots, at)) return [slots[at + 2] === answer ? duplicate() : contradiction()];
      if (known >= limit) return [];
      slots.set([asked.high, low, answer], at);
      known += 1;
      if (known > (slots.length / wordsOfSlot) * fill) grow();
      return [];
    },
  };
}

/** Where a question is, or is to be put. */
function slotOf(slots: Uint32Array, high: number, low: number): number {
  const count = slots.length / wordsOfSlot;
  let slot = low % count;
  for (;;) {
    const at = slot * wordsOfSlot;
    if (!isTaken(slots, at) || (slots[at] === high && slots[at + 1] === low)) return at;
    slot = (slot + 1) % count;
  }
}

function isTaken(slots: Uint32Array, at: number): boolean {
  return slots[at + 1] !== 0;
}

/** All that is asked, with the tools there are. */
function question({ messages, tools, functions }: ChatExample): string[] {
  const texts = messages.slice(0, -1).flatMap(asked);
  return tools || functions ? [...texts, canonicalJson([tools ?? null, functions ?? null])] : texts;
}

function asked(message: ChatMessage): string[] {
  const { role, content, weight: _, ...rest } = message;
  if (typeof content !== 'string') return [role, canonicalJson({ content: content ?? null, ...rest })];
  return Object.keys(rest).length === 0 ? [role, content] : [role, content, canonicalJson(rest)];
}

function duplicate(): Finding {
  const message =
    'The example asks and answers what one before it does: it is paid for twice and counts twice. Remove it unless that is meant.';
  return warningAt('', 'duplicate_example', message);
}

function contradiction(): Finding {
  const message =
    'The example asks what one before it asks and answers it differently: the model learns to guess between them. Keep one unless both are right.';
  return warningAt('messages', 'contradictory_answer', message);
}
