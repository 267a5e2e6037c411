import { addAll, type Finding, mostOfLine, warningAt } from '../problem.ts';
import { isRecord, parseJson } from '../reading/json.ts';
import type { ChatMessage } from '../shapes.ts';

// Only texts with a hint are looked at: each pattern here needs one in `bpe/hints.ts`.

/** Tokens that chat templates and tokenizers keep for themselves. */
const specialToken =
  /<\|(?:endoftext|endofprompt|im_start|im_end|im_sep|fim_\w{3,6}|start|end|message|channel|return|call|constrain|begin_of_text|end_of_text|start_header_id|end_header_id|eot_id|eom_id|python_tag)\|>/;
/** Shapes that issuers of keys have published; no slugs, no placeholders of one letter, none of documentation. */
const secrets = [
  /\bsk-(?=[\w-]{0,60}\d)(?:(?=[\w-]{0,60}[A-Z])[\w-]{32}|(?:[a-z\d]{2,10}-){0,3}\w{32})/,
  /\b(?:AKIA|ASIA)(?![A-Z0-9]{9}EXAMPLE\b)[A-Z0-9]{16}\b/,
  /\bAIza[\w-]{35}/,
  /\bgh[opsur]_(?!(\w)\1{7})[A-Za-z0-9]{36}/,
  /\bgithub_pat_(?!(\w)\1{7})\w{50}/,
  /\bglpat-(?!(\w)\1{7})[\w-]{20}/,
  /\bnpm_(?!(\w)\1{7})[A-Za-z0-9]{36}/,
  /\bxox[abeoprs]-(?=[\w-]{0,20}\d)[\w-]{10}/,
  /\b[rs]k_live_(?!(\w)\1{7})[A-Za-z0-9]{16}/,
  /\bhf_(?!(\w)\1{7})[A-Za-z]{30}/,
  /-----BEGIN (?:[A-Z]+ ){0,3}PRIVATE KEY-----/,
];
/** Behind the last point of an address: of countries, save what files of code have there, and the most frequent others. */
const topLevel =
  '(?!(?:js|ts|rb|kt|cs|rc|gz|db)\\b)[a-z]{2}|com|net|org|edu|gov|mil|int|info|biz|name|pro|xyz|app|dev|cloud|online|shop|store|site|tech|email|company|systems|group|agency|digital|network|solutions|services|software|studio|media|news|blog|club|team|world|health|bank|finance|insurance|legal|consulting|energy|academy|school|university|international|foundation|museum|asia|africa|berlin|hamburg|koeln|wien|london|paris|amsterdam|nyc|tokyo';
/** Addresses under the names that are reserved for examples are nobody's, git's are machines, and Kotlin's labels are code. */
const email = new RegExp(
  `(?<=[\\w.%+-])(?<!\\b(?:git|this|super|return|break|continue))@(?!\\d+\\.\\d|example\\.(?:com|net|org)\\b|[\\w.-]+\\.(?:example|test|invalid)\\b)[a-z0-9-]{1,63}(?:\\.[a-z0-9-]{1,63})*\\.(?:${topLevel})(?![\\w(-]|\\.\\w)`,
  'i',
);
/** With a country code, or as they are written in North America; no decimal fraction, no round number, nor what films have. */
const phone =
  /(?<![\w+.])\+(?!\d{4,}\.\d+(?![.\d])|[\d .]*[ .]000(?!\d)|1[ .()-]{0,3}(?:555|\d{3}[ .()-]{0,2}555[ .-]?01))[1-9](?:[ .()/-]{0,2}\d){8,14}(?!\d)|(?<![\w.-])(?:\([2-9]\d\d\) ?|[2-9]\d\d-)(?!555-01)[2-9]\d\d-\d{4}(?![\w-])/;
const card = /(?<![\w.-])[2-6]\d{3}(?:[ -]?\d){9,15}(?![\w-])/g;
/** Visa, Mastercard, American Express, Diners Club, Discover, JCB, UnionPay. */
const issued =
  /^(?:4\d{12}(?:\d{3}){0,2}|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|6(?:011|4[4-9]\d|5\d\d)\d{12}|35(?:2[89]|[3-8]\d)\d{12}|62\d{14,17})$/;

/**
 * What an encoding leaves behind that was read as another: the character for lost ones, UTF-8 read as Latin 1 or Windows 1252.
 * In capitals, Ã and Â may stand before a space, a quote or the number of a note.
 */
const garbled =
  /\ufffd|Ã[\u0080-\u009f\u00a1-\u00a9\u00ac-\u00b1\u00b4-\u00b8\u00bc-\u00bfŸŒœŠšŽž]|Ã[–—‚„…†‡ˆ‰‹›‘’“”•™](?=[a-z])|Â[\u00a0-\u00a9\u00ab-\u00b1\u00b4-\u00b8\u00bb-\u00bf]|[ÃÂ](?<![A-ZÀ-Þ].)[ª²³¹º]|â€[^\s\w]|â\u0080[\u0080-\u00bf]|ð[Ÿ\u009f]|(?:[ÐÑ][\u0080-\u00bf]){3}/;

/** What stands in the texts of messages, each with its place, and should hardly be taught: markers, secrets, personal data. */
export function checkTexts(places: readonly [path: string, message: ChatMessage][]): Finding[] {
  const found: Finding[] = [];
  for (const [at, message] of places) {
    for (const [path, texts] of textsOf(message, at)) {
      if (found.length >= mostOfLine) return found;
      addAll(found, checkPlace(texts, path));
    }
  }
  return found;
}

/** Of the texts that stand in one place each mistake is told once. */
function checkPlace(texts: readonly string[], path: string): Finding[] {
  const found: Finding[] = [];
  if (texts.some((text) => specialToken.test(text))) {
    const message =
      'The text holds a special token such as <|endoftext|>: some platforms read it as the end of the text, the others as mere letters. Remove it.';
    found.push(warningAt(path, 'special_token', message));
  }
  if (texts.some(isGarbled)) {
    const message =
      'The text holds letters that its encoding has lost, such as \ufffd, Ã¼, â€™ or half a character: the model learns to write them. Read the source anew, as UTF-8.';
    found.push(warningAt(path, 'garbled_text', message));
  }
  if (texts.some((text) => secrets.some((pattern) => pattern.test(text)))) {
    const message =
      'The text holds what looks like a secret key: a model can repeat it to anybody. Replace it, and revoke it if it is real.';
    found.push(warningAt(path, 'secret', message));
  }
  if (texts.some(isPersonal)) {
    const message =
      'The text holds what looks like an e-mail address, a phone number or a card number: a model can repeat it. Replace it by a made-up one, or make sure that you may use it.';
    found.push(warningAt(path, 'personal_data', message));
  }
  return found;
}

function isGarbled(text: string): boolean {
  return garbled.test(text) || text.includes('\0') || !text.isWellFormed();
}

function isPersonal(text: string): boolean {
  return email.test(text) || phone.test(text) || holdsCard(text);
}

function holdsCard(text: string): boolean {
  for (const [number] of text.matchAll(card)) {
    const digits = number.replace(/[ -]/g, '');
    if (issued.test(digits) && keepsLuhn(digits)) return true;
  }
  return false;
}

/** Whether the last digit is the check digit of ISO/IEC 7812 over the others. */
function keepsLuhn(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

function textsOf(message: ChatMessage, path: string): [path: string, texts: string[]][] {
  const { content, refusal, tool_calls: calls, function_call: legacy } = message;
  const parts = Array.isArray(content) ? content : [];
  const made: [string, unknown][] = [
    ...(calls ?? []).map((call, index): [string, unknown] => [
      `tool_calls[${index}].function`,
      isRecord(call) ? call.function : undefined,
    ]),
    ['function_call', legacy],
  ];
  const all: [string, unknown][] = [
    [`${path}.content`, content],
    [`${path}.refusal`, refusal],
    ...parts
      .filter(isRecord)
      .map((part, index): [string, unknown] => [`${path}.content[${index}]`, part.text ?? part.refusal]),
  ];
  return [
    ...all.filter((one): one is [string, string] => typeof one[1] === 'string').map(alone),
    ...made.map(([at, call]): [string, string[]] => [
      `${path}.${at}.arguments`,
      isRecord(call) ? textsOfArguments(call.arguments) : [],
    ]),
  ];
}

const alone = ([path, text]: [string, string]): [string, string[]] => [path, [text]];

/** All that arguments say, as the tool gets it: in their JSON it may be escaped. */
function textsOfArguments(args: unknown): string[] {
  if (typeof args !== 'string') return [];
  const parsed = parseJson(args);
  return 'value' in parsed ? valuesIn(parsed.value) : [args];
}

function valuesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(valuesIn);
  if (isRecord(value)) return Object.entries(value).flatMap(([key, one]) => [key, ...valuesIn(one)]);
  return [String(value)];
}
