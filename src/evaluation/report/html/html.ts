import { html as escaping, raw } from 'hono/html';

/** Markup that is safe to put in: what `html` and `raw` made. */
export type Html = ReturnType<typeof escaping>;
type Value = string | number | false | undefined | Html | readonly Html[];

export { raw };

/**
 * A template whose values are escaped, also between the quotes of an attribute. Markup among them is put in as it is,
 * nothing for `undefined` and `false`.
 */
export function html(strings: TemplateStringsArray, ...values: Value[]): Html {
  return escaping(strings, ...values.map(visible));
}

/** What HTML may not hold, and what turns the direction of the text behind it, is shown as a replacement character. */
function visible(value: Value): Value {
  return typeof value === 'string' ? value.toWellFormed().replace(hidden, '\ufffd') : value;
}

const hidden = /[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069\ufeff]/gu;
