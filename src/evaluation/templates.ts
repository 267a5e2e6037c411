import { type ErrorCode, TunewrightError } from '../contract/errors.ts';
import { parseJson } from '../datasets/reading/json.ts';
import type { EvaluationItem, Sample } from './sample.ts';

/** A template, read once. */
export interface Template {
  /** Throws `field_missing` for an example that lacks a field, and {@link AnswerLacks}. */
  fill(item: EvaluationItem, sample: Sample): string;
  /** The same with each value shown in another form. */
  fillWith(item: EvaluationItem, sample: Sample, show: (value: string, path: string) => string): string;
  /** Whether an example has what is named of it. Throws `field_missing`. */
  check(item: EvaluationItem): void;
  /** Whether it is the same text for every example and answer. */
  constant: boolean;
}

/** An answer without what a template names of it: the answer has failed, not the grader. */
export class AnswerLacks extends Error {
  override readonly name = 'AnswerLacks';
}

/** Texts as they stand, and paths to be filled in. */
type Part = { text: string } | { path: readonly string[] };

const sampleFields: readonly string[] = ['output_text', 'output_json', 'output_tools', 'choices'];
const namesShown = 20;

/**
 * Reads a template with `{{ item.field.inner }}`, `{{ item.list[0] }}`, `{{ sample.output_text }}`,
 * `{{ sample.output_json.field }}`, `{{ sample.output_tools[0].function.name }}` and `{{ sample.choices[0].message }}`.
 * Values are put in as they are, never read as templates; what is not text is put in as JSON.
 *
 * Throws `invalid_config` for a template that no example can fill. Messages name fields, never values.
 */
export function parseTemplate(template: string): Template {
  const parts = split(template);
  const paths = parts.flatMap((part) => ('path' in part ? [part.path] : []));
  const fillWith: Template['fillWith'] = (item, sample, show) =>
    parts
      .map((part) => ('text' in part ? part.text : show(valueAt(item, sample, part.path), part.path.join('.'))))
      .join('');
  return {
    fill: (item, sample) => fillWith(item, sample, (value) => value),
    fillWith,
    check(item) {
      for (const path of paths) if (path[0] === 'item') textAt({ item }, path, fieldMissing);
    },
    constant: paths.length === 0,
  };
}

function split(template: string): Part[] {
  const parts: Part[] = [];
  let position = 0;
  for (;;) {
    const open = template.indexOf('{{', position);
    if (open < 0) return [...parts, { text: template.slice(position) }];
    const close = template.indexOf('}}', open);
    if (close < 0) throw invalid(`The grader's template ${quoted(template)} opens {{ and never closes it.`);
    parts.push({ text: template.slice(position, open) }, { path: pathOf(template.slice(open + 2, close)) });
    position = close + 2;
  }
}

function pathOf(expression: string): string[] {
  const trimmed = expression.trim();
  const path = trimmed.replace(/\[(\d+)\]/g, '.$1').split('.');
  const [namespace, field = ''] = path;
  const deepEnough = field === 'output_text' ? path.length === 2 : path.length >= 2;
  const known = namespace === 'item' || (namespace === 'sample' && sampleFields.includes(field));
  if (known && deepEnough && path.every((name) => name !== '')) return path;
  throw invalid(
    `The grader's template names ${quoted(trimmed)}: there are only item.<field> and ` +
      `${sampleFields.map((name) => `sample.${name}`).join(', ')} to name.`,
  );
}

function valueAt(item: EvaluationItem, sample: Sample, path: readonly string[]): string {
  if (path[0] === 'item') return textAt({ item }, path, fieldMissing);
  if (path[1] !== 'output_json') return textAt({ sample }, path, answerLacks);
  const parsed = parseJson(sample.output_text);
  if (!('value' in parsed)) throw new AnswerLacks('The answer is no JSON.');
  return textAt({ sample: { output_json: parsed.value } }, path, answerLacks);
}

type Missing = (path: readonly string[], why: string) => Error;

function textAt(root: unknown, path: readonly string[], missing: Missing): string {
  let value = root;
  for (const [depth, name] of path.entries()) {
    // Own properties only: a template must not reach what an object inherits.
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) {
      throw missing(path, contentsOf(path, depth, value));
    }
    value = (value as Record<string, unknown>)[name];
  }
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) throw missing(path, 'it is null');
  return JSON.stringify(value);
}

function contentsOf(path: readonly string[], depth: number, value: unknown): string {
  const where = path.slice(0, depth).join('.');
  if (typeof value !== 'object' || value === null) return `${where} is not an object`;
  const names = Object.keys(value);
  if (names.length === 0) return `${where} is empty`;
  const shown = names.slice(0, namesShown).map((name) => (/^[\w-]{1,40}$/.test(name) ? name : quoted(name)));
  return `${where} has ${shown.join(', ')}${names.length > namesShown ? ', ...' : ''}`;
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text);
}

const fieldMissing: Missing = (path, why) =>
  failure('field_missing', `The grader's template names ${path.join('.')}, which the example lacks: ${why}.`);

// What an answer has in its place may be anything, and is not told.
const answerLacks: Missing = (path) => new AnswerLacks(`The answer has no ${path.slice(1).join('.')}.`);

function invalid(message: string): TunewrightError {
  return failure('invalid_config', message);
}

function failure(code: ErrorCode, message: string): TunewrightError {
  return new TunewrightError(code, message, {
    advice: 'Mend the templates under evaluation.grader, or add the field to every held-out example.',
  });
}
