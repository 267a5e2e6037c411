const cellLength = 200;

/** A text from outside as the content of one Markdown table cell: as {@link prose}, cut at 200 characters. */
export function cell(text: string): string {
  const characters = [...oneLine(text)];
  return escaped(characters.length > cellLength ? `${characters.slice(0, cellLength).join('')}…` : characters.join(''));
}

/** A text from outside as a paragraph or a list's item: one line, and nothing in it taken for Markdown or HTML. */
export function prose(text: string): string {
  return escaped(oneLine(text)).replace(/^\s*(?=[-+=])|^\s*\d+(?=[.)]\s)/, '$&\\');
}

function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?|\n/g, ' ↵ ')
    .replace(invisible, ' ');
}

function escaped(line: string): string {
  return (
    line
      .replace(/[\\`*[\]<>|~&!#$@]/g, '\\$&')
      // An underscore inside a word is no emphasis: labels stay readable in the source.
      .replace(/(?<![a-z0-9])_|_(?![a-z0-9])/gi, '\\_')
      // A bare address would turn into a link.
      .replace(/:(?=\/\/)|(?<=\bwww)\./gi, '\\$&')
  );
}

/** Control characters, and those that turn the direction of what follows them. */
const invisible = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** A Markdown table; columns whose name starts with `#` are numbers and stand to the right. Cells are Markdown already. */
export function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const names = columns.map((column) => column.replace(/^#/, ''));
  const rules = columns.map((column) => (column.startsWith('#') ? '---:' : '---'));
  return [names, rules, ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** JSON in a fence that no content can close: its strings hold no line breaks. */
export function jsonBlock(value: unknown): string {
  return `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\``;
}
