import { isObject, type JsonObject } from '../body.ts';
import { textFeatures } from '../learner/features.ts';
import type { ChatMessage } from '../learner/types.ts';
import { type Read, readMarked } from './marked.ts';

const order = /\b(?:give|award|assign|rate|score|grade)\b[^.\n]{0,60}?\b(\d+(?:\.\d+)?) ?(?:\/|out of) ?\d+/i;
const override = /\b(?:ignore|disregard|forget)\b[^.\n]{0,40}\b(?:instructions|rules|above|previous|everything)\b/i;
/** Below this, answers are as good as each other. */
const tieBelow = 0.02;

/**
 * The answer of a stand-in for a judge: JSON of the schema asked for, its values computed from how alike the texts between
 * marks are. It is gullible by design: what stands outside of marks it obeys, be it an order, or JSON to repeat.
 */
export function judgement(messages: readonly ChatMessage[], schema: JsonObject | undefined): string {
  const read = readMarked(messages);
  const properties = isObject(schema?.properties) ? schema.properties : undefined;
  if (!properties) return 'I am a stand-in for a judge: I answer in JSON alone, and no schema was given.';
  const repeated = jsonSaid(read.said, Object.keys(properties));
  if (repeated) return repeated;
  const likeness = swayed(read.said) ?? alike(read);
  const answer = Object.entries(properties).map(([name, kind]) => [
    name,
    valueFor(isObject(kind) ? kind : {}, likeness, read),
  ]);
  return JSON.stringify(Object.fromEntries(answer));
}

/** How good it was told to find the answer, in [0, 1]. */
function swayed(said: string): number | undefined {
  return order.test(said) || override.test(said) ? 1 : undefined;
}

/** An object with the fields asked for that somebody wrote for it. */
function jsonSaid(said: string, fields: readonly string[]): string | undefined {
  for (const [text] of said.matchAll(/\{[^{}]*\}/g)) {
    try {
      const value: unknown = JSON.parse(text);
      if (isObject(value) && fields.every((field) => field in value)) return text;
    } catch {}
  }
  return undefined;
}

/** How alike the answer and the reference are: the last text of `sample.…` and the last of `item.…`. */
function alike({ data }: Read): number {
  const answer = data.findLast(({ name }) => name.startsWith('sample.'));
  const reference = data.findLast(({ name }) => name.startsWith('item.'));
  return answer && reference ? cosine(answer.text, reference.text) : 0;
}

function cosine(left: string, right: string): number {
  if (left.trim() === right.trim()) return 1;
  const [a, b] = [new Set(textFeatures(left)), new Set(textFeatures(right))];
  const common = [...a].filter((id) => b.has(id)).length;
  return a.size * b.size === 0 ? 0 : common / Math.sqrt(a.size * b.size);
}

function valueFor(kind: JsonObject, likeness: number, read: Read): unknown {
  if (Array.isArray(kind.enum)) return chosen(kind.enum, likeness, read);
  if (kind.type === 'number' || kind.type === 'integer') {
    const [low, high] = range(kind);
    const score = low + likeness * (high - low);
    return kind.type === 'integer' ? Math.round(score) : score;
  }
  return `I am a stand-in for a judge: the texts are ${(100 * likeness).toFixed(0)}% alike.`;
}

/** Of `first`, `second` and `tie` that which shares more with what was asked; of other labels, from the best to the worst. */
function chosen(labels: readonly unknown[], likeness: number, { data, said }: Read): unknown {
  if (!labels.includes('first')) return labels[Math.round((1 - likeness) * (labels.length - 1))];
  const told = /\b(first|second) (?:answer )?is (?:the )?(?:better|best)\b/i.exec(said)?.[1]?.toLowerCase();
  if (told) return told;
  const text = (name: string) => data.find((one) => one.name === name)?.text ?? '';
  const asked = text('request');
  const lead = cosine(text('first'), asked) - cosine(text('second'), asked);
  if (Math.abs(lead) < tieBelow) return 'tie';
  return lead > 0 ? 'first' : 'second';
}

/** By `minimum` and `maximum`, or in the words of the description: "from 1 to 10". */
function range({ minimum, maximum, description }: JsonObject): [low: number, high: number] {
  if (typeof minimum === 'number' && typeof maximum === 'number') return [minimum, maximum];
  const told = /from (-?[\d.]+) to (-?[\d.]+\d|-?\d)/.exec(String(description ?? ''));
  return told ? [Number(told[1]), Number(told[2])] : [0, 1];
}
