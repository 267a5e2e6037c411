import type { Method } from '../../contract/config.ts';
import { TunewrightError } from '../../contract/errors.ts';
import { formats } from '../examples/formats.ts';
import { assistantText, wholeAnswer } from '../examples/reference.ts';
import { meantRole } from '../examples/roles.ts';
import { isRecord, type JsonRecord } from '../reading/json.ts';
import type { ChatMessage } from '../shapes.ts';
import { leftOut, refused, textAt } from './fault.ts';
import type { Converted, Layout } from './layout.ts';

/** What rows are to become, beside what their layout says. */
export interface Target {
  /** The method that the examples are for; that of the layout when absent. */
  to?: Method | undefined;
  /** Columns that stand beside the messages, for graders and splits. */
  fields?: readonly string[] | undefined;
}

/** Where the answer of a row goes that the model is to find by itself. */
const referenceField = 'reference_answer';

/** The layout, its examples made for another method and given fields. Throws `invalid_config` for what cannot be made of them. */
export function aimed(layout: Layout, { to = layout.kind, fields = [] }: Target): Layout {
  const own = fields.find((name) => formats[to].keys.includes(name));
  if (own !== undefined)
    throw unfit(`The column "${own}" has the name of a field of the format.`, 'Rename the column.');
  const turn = turns[`${layout.kind} ${to}`];
  if (!turn)
    throw unfit(
      'Single answers make no pairs.',
      'Name the answer that is not preferred with --rejected-column, give pairs, or another method to --to.',
    );
  return {
    ...layout,
    kind: to,
    needs: [...layout.needs, ...fields],
    convert(row, system) {
      const converted = layout.convert(row, system);
      return { ...converted, example: { ...turn(converted), ...fieldsOf(row, fields) } };
    },
  };
}

const same = ({ example }: Converted): JsonRecord => example;

/** Without what is no part of the format: it would be uploaded, and some platforms refuse it. */
function ownFields({ example }: Converted): JsonRecord {
  const messages = example.messages as ChatMessage[];
  const speaks = (role: string) => messages.some((message) => isRecord(message) && meantRole(message.role) === role);
  if (speaks('user') && !speaks('assistant')) {
    throw leftOut('empty_answer', 'Nobody answers: of questions alone `--to reinforcement` makes examples.');
  }
  return Object.fromEntries(Object.entries(example).filter(([name]) => formats.supervised.keys.includes(name)));
}

/** By `from to`; for reinforcement any field may be a grader's. */
const turns: Readonly<Record<string, (converted: Converted) => JsonRecord>> = {
  'supervised supervised': ownFields,
  'dpo dpo': same,
  'supervised reinforcement': ({ example }) => {
    const messages = example.messages as ChatMessage[];
    const last = messages.at(-1);
    if (last?.role !== 'assistant') return example;
    if (messages.length === 1) throw refused('nothing_asked', 'Nothing is asked: the answer stands alone.');
    return { ...example, messages: messages.slice(0, -1), [referenceField]: assistantText(last) };
  },
  'dpo supervised': (pair) => {
    const { asked, preferred } = partsOf(pair);
    return { messages: [...asked, preferred] };
  },
  'dpo reinforcement': (pair) => {
    const { asked, preferred } = partsOf(pair);
    return { messages: asked, [referenceField]: wholeAnswer(preferred) };
  },
};

function partsOf({ example }: Converted): { asked: ChatMessage[]; preferred: ChatMessage } {
  const { input, preferred_output } = example as {
    input: { messages: ChatMessage[] };
    preferred_output: [ChatMessage];
  };
  return { asked: input.messages, preferred: preferred_output[0] };
}

/** Null is nothing; of a formula that failed the text is asked, which tells. */
function fieldsOf(row: JsonRecord, fields: readonly string[]): JsonRecord {
  const entries = fields.map((name) => [name, typeof row[name] === 'object' ? row[name] : valueAt(row, name)]);
  return Object.fromEntries(entries.filter(([, value]) => value !== null));
}

function valueAt(row: JsonRecord, name: string): unknown {
  const text = textAt(row, name);
  return typeof row[name] === 'string' ? text : row[name];
}

function unfit(message: string, advice: string): TunewrightError {
  return new TunewrightError('invalid_config', message, { advice });
}
