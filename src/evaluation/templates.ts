import { TunewrightError } from '../contract/errors.ts';

/** What a grader sees of an example: the fields of its line in the data set, and the answer that was hoped for. */
export interface EvaluationItem {
  readonly reference: string;
  readonly [field: string]: unknown;
}

/** What a model answered; the name of the field is OpenAI's. */
export interface Sample {
  readonly output_text: string;
}

/** A template, read once: texts as they stand and paths to be filled in. */
type Part = { text: string } | { path: string[] };

const namesShown = 20;

/**
 * Reads a template with `{{ item.field.inner }}`, `{{ item.list[0] }}` and `{{ sample.output_text }}`, and answers the
 * function that fills it in. Values are put in as they are, never read as templates; what is not text is put in as JSON.
 *
 * Throws `invalid_config` at once for a template that no example can fill, and when filled in for an example that
 * lacks the field. The message names fields, never values.
 */
export function parseTemplate(template: string): (item: EvaluationItem, sample: Sample) => string {
  const parts = split(template);
  return (item, sample) =>
    parts.map((part) => ('text' in part ? part.text : textAt({ item, sample }, part.path))).join('');
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
  const [namespace, field] = path;
  const known = namespace === 'item' ? path.length > 1 : trimmed === 'sample.output_text';
  if (known && field !== undefined && path.every((name) => name !== '')) return path;
  throw invalid(
    `The grader's template names ${quoted(trimmed)}: there are only item.<field> and sample.output_text to name.`,
  );
}

function textAt(root: unknown, path: readonly string[]): string {
  let value = root;
  for (const [depth, name] of path.entries()) {
    // Own properties only: a template must not reach what an object inherits.
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) {
      throw invalid(
        `The grader's template names ${path.join('.')}, which an example lacks: ${contentsOf(path, depth, value)}.`,
      );
    }
    value = (value as Record<string, unknown>)[name];
  }
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) {
    throw invalid(`The grader's template names ${path.join('.')}, which is null in an example.`);
  }
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

function invalid(message: string): TunewrightError {
  return new TunewrightError('invalid_config', message, {
    advice: 'Mend input and reference under evaluation.grader, or add the field to every held-out example.',
  });
}
