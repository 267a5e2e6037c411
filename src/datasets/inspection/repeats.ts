import type { Example } from '../examples/formats.ts';
import { wholeAnswer } from '../examples/reference.ts';
import { type Finding, warningAt } from '../problem.ts';
import { canonicalJson, isRecord } from '../reading/json.ts';
import type { ChatExample, ChatMessage } from '../shapes.ts';
import { type Fingerprint, fingerprint, fingerprintOf } from './fingerprint.ts';

/** Of 12 bytes each; three quarters are filled. */
const fewestSlots = 4096;
const mostSlots = 4 * 1024 * 1024;
const wordsOfSlot = 3;
const growth = 4;
const fill = 0.75;

/** What of an example tells whether another asks and answers the same. */
export interface RepeatKey {
  asked: Fingerprint;
  /** 32 bits. */
  answer: number;
  /** Whether what is answered is which of two is preferred. */
  pair: boolean;
}

export interface Repeats {
  /** What an example has in common with one before it. */
  add(key: RepeatKey): Finding[];
}

export function repeatKey({ chat, rejected }: Example): RepeatKey {
  const last = chat.messages.at(-1);
  const answered = last?.role === 'assistant';
  const preferred = answered ? wholeAnswer(last) : besideMessages(chat);
  const texts = question(chat, answered);
  // One question may stand in many pairs: what is asked of a pair is which of its two is preferred.
  if (rejected) texts.push(...[preferred, wholeAnswer(rejected)].sort());
  return { asked: fingerprint(texts), answer: fingerprintOf(preferred).low, pair: rejected !== undefined };
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
    slots = new Uint32Array(old.length * growth);
    for (let at = 0; at < old.length; at += wordsOfSlot) {
      if (isTaken(old, at)) put(old[at] as number, old[at + 1] as number, old[at + 2] as number);
    }
  }

  function put(high: number, low: number, answer: number): void {
    const at = slotOf(slots, high, low);
    slots[at] = high;
    slots[at + 1] = low;
    slots[at + 2] = answer;
  }

  return {
    add({ asked, answer, pair }) {
      // A free slot has 0.
      const low = asked.low || 1;
      const at = slotOf(slots, asked.high, low);
      if (isTaken(slots, at)) {
        if (slots[at + 2] === answer) return [duplicate()];
        return [pair ? inversion() : contradiction()];
      }
      if (known >= limit) return [];
      put(asked.high, low, answer);
      known += 1;
      if (known > (slots.length / wordsOfSlot) * fill) grow();
      return [];
    },
  };
}

/** Where a question is, or is to be put. */
function slotOf(slots: Uint32Array, high: number, low: number): number {
  // A power of two.
  const mask = slots.length / wordsOfSlot - 1;
  for (let slot = low & mask; ; slot = (slot + 1) & mask) {
    const at = slot * wordsOfSlot;
    if (!isTaken(slots, at) || (slots[at] === high && slots[at + 1] === low)) return at;
  }
}

function isTaken(slots: Uint32Array, at: number): boolean {
  return slots[at + 1] !== 0;
}

/** Where no answer stands, what graders are to compare with. */
function besideMessages({ messages: _, ...rest }: ChatExample): string {
  return canonicalJson(rest);
}

/** All that is asked, with the tools there are; where one is answered, that is left out. */
function question({ messages, tools, functions }: ChatExample, answered: boolean): string[] {
  const texts: string[] = [];
  const asked = messages.length - (answered ? 1 : 0);
  for (let index = 0; index < asked; index++) {
    const message = messages[index] as ChatMessage;
    const { role, content } = message;
    texts.push(role);
    if (typeof content === 'string' && isPlain(message)) texts.push(content);
    else addTexts(withoutWeight(message), texts);
  }
  if (tools || functions) addTexts([tools ?? null, functions ?? null], texts);
  return texts;
}

/** The same for equal values, whatever the order of their keys: of megabytes no copy is made, as their JSON would be. */
function addTexts(value: unknown, texts: string[]): void {
  if (typeof value === 'string') texts.push('"', value);
  else if (Array.isArray(value)) {
    texts.push('[');
    for (const item of value) addTexts(item, texts);
    texts.push(']');
  } else if (isRecord(value)) {
    texts.push('{');
    for (const key of Object.keys(value).sort()) {
      texts.push('"', key);
      addTexts(value[key], texts);
    }
    texts.push('}');
  } else texts.push(String(value));
}

function withoutWeight({ weight: _, ...rest }: ChatMessage): Omit<ChatMessage, 'weight'> {
  return rest;
}

/** Nearly every message is: no copy has to be made of it. */
function isPlain(message: ChatMessage): boolean {
  for (const key in message) if (key !== 'role' && key !== 'content' && key !== 'weight') return false;
  return true;
}

function duplicate(): Finding {
  const message =
    'The example asks and answers what one before it does: it is paid for twice, and learnt twice. Remove it unless that is meant.';
  return warningAt('', 'duplicate_example', message);
}

function contradiction(): Finding {
  const message =
    'The example asks what one before it asks and answers it differently: the model learns to guess between them. Keep one unless both are right.';
  return warningAt('messages', 'contradictory_answer', message);
}

function inversion(): Finding {
  const message =
    'The pair prefers the answer that one before it rejects, and rejects the one it prefers: the two undo each other. Keep one of them.';
  return warningAt('', 'inverted_pair', message);
}
