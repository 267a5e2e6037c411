import { type Finding, problemAt, shown, warningAt } from '../problem.ts';
import { isRecord, type JsonRecord } from '../reading/json.ts';
import type { PreferencePair } from '../shapes.ts';
import { foreignLayout } from './foreign.ts';
import { checkMessage } from './messages.ts';
import { wholeAnswer } from './reference.ts';
import { missingSpeakers } from './speakers.ts';
import { checkCallSequence, checkTools } from './tools.ts';

/** The fields of a pair. */
export const pairKeys = ['input', 'preferred_output', 'non_preferred_output'];
const inputKeys = ['messages', 'tools', 'parallel_tool_calls'];
const sides = ['preferred_output', 'non_preferred_output'] as const;

/**
 * Everything wrong with one example for preference training in OpenAI's format
 * (developers.openai.com/api/docs/guides/direct-preference-optimization, November 2026): text alone, and one turn to be
 * learnt.
 */
export function checkPair(pair: unknown): Finding[] {
  if (!isRecord(pair)) {
    return [problemAt('', 'data_type', 'A pair is a JSON object with an input and two outputs; this line is none.')];
  }
  const foreign = isRecord(pair.input) ? undefined : foreignLayout(pair);
  if (foreign) return [foreign];
  if (!Object.hasOwn(pair, 'input') && Object.hasOwn(pair, 'messages')) {
    const message =
      'This is an example for supervised training, and the method dpo learns from pairs. Give it an input, a preferred and a non-preferred output, or train with the method supervised.';
    return [problemAt('', 'wrong_format', message)];
  }
  const { input } = pair;
  const asked = isRecord(input) && Array.isArray(input.messages) ? input.messages : [];
  const said = sides.flatMap((side) => checkSide(pair[side], side));
  return [
    ...checkKeys(pair, pairKeys, ''),
    ...(isRecord(input) ? checkInput(input) : [noInput()]),
    ...said,
    ...checkSequence(pair, asked.filter(isRecord)),
    ...(said.some(({ severity }) => severity === 'error') ? [] : checkDifference(pair)),
  ];
}

function noInput(): Finding {
  return problemAt(
    'input',
    'missing_messages_list',
    'There is no input. Give the pair an object "input" with the messages that are answered.',
  );
}

function checkInput(input: JsonRecord): Finding[] {
  const { messages } = input;
  const rest = [
    ...checkKeys(input, inputKeys, 'input.'),
    ...(offersNothing(input) ? [] : checkTools(input)).map((finding) => ({
      ...finding,
      path: `input.${finding.path}`,
    })),
  ];
  if (!Array.isArray(messages) || messages.length === 0) {
    const message = 'There is no list of messages to be answered. Give the input a list "messages" with at least one.';
    return [problemAt('input.messages', 'missing_messages_list', message), ...rest];
  }
  const said = messages.flatMap((message, index) => {
    const path = `input.messages[${index}]`;
    return [...checkMessage(message, path), ...checkNoImage(message, path)];
  });
  return [...said, ...checkRoles(messages.filter(isRecord)), ...rest];
}

/** OpenAI's own example has an empty list of tools. */
export function offersNothing({ tools }: JsonRecord): boolean {
  return Array.isArray(tools) && tools.length === 0;
}

function checkKeys(record: JsonRecord, known: readonly string[], path: string): Finding[] {
  const unknown = Object.keys(record).filter((key) => !known.includes(key));
  const message =
    'This field is no part of the preference format: graders can use it, a platform may refuse it. Remove it if it is not needed.';
  return unknown.map((key) => warningAt(`${path}${shown(key)}`, 'example_unrecognized_key', message));
}

function checkRoles(messages: readonly JsonRecord[]): Finding[] {
  const found = missingSpeakers(messages, 'input.messages');
  if (messages.at(-1)?.role !== 'assistant') return found;
  const message = 'The input ends with an answer, so that nothing is asked. End it with what the two outputs answer.';
  return [problemAt(`input.messages[${messages.length - 1}]`, 'input_ends_with_answer', message), ...found];
}

function checkSide(output: unknown, side: string): Finding[] {
  const [answer] = Array.isArray(output) ? output : [];
  if (!Array.isArray(output) || output.length !== 1 || (isRecord(answer) && answer.role !== 'assistant')) {
    const message =
      'An output is a list of one message from the assistant: platforms train on one turn. What comes before it belongs into the input.';
    return [problemAt(side, 'not_one_answer', message)];
  }
  return checkMessage(answer, `${side}[0]`);
}

function checkNoImage(message: unknown, path: string): Finding[] {
  const content = isRecord(message) ? message.content : undefined;
  const parts = Array.isArray(content) ? content : [];
  return parts.flatMap((part, index) => {
    if (!isRecord(part) || part.type !== 'image_url') return [];
    const text = 'Pairs are of text alone: no platform trains on images by this method. Remove the image.';
    return [problemAt(`${path}.content[${index}]`, 'image_in_pair', text)];
  });
}

/** What comes before is the same for both sides, and its problems are told once. */
function checkSequence(pair: JsonRecord, asked: readonly JsonRecord[]): Finding[] {
  const offer = isRecord(pair.input) ? pair.input : {};
  return sides.flatMap((side, index) => {
    const output = pair[side];
    const answers = (Array.isArray(output) ? output : []).filter(isRecord);
    const pathOf = (at: number) => (at < asked.length ? `input.messages[${at}]` : `${side}[${at - asked.length}]`);
    const found = checkCallSequence([...asked, ...answers], offer, pathOf);
    return index === 0 ? found : found.filter(({ path }) => path?.startsWith(side));
  });
}

/** Of a pair whose sides are answers. */
function checkDifference(pair: JsonRecord): Finding[] {
  const [preferred, other] = sides.map((side) => wholeAnswer((pair[side] as PreferencePair[typeof side])[0]));
  if (preferred !== other) return [];
  const message =
    'The preferred output and the other are the same: the pair is paid for and teaches nothing. Remove it, or mend one of them.';
  return [warningAt('', 'identical_pair', message)];
}
