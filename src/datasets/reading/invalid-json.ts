/** What people and scripts write for JSON, by what stands where it can no longer become any. */
const usual: readonly [pattern: RegExp, advice: string][] = [
  [
    /^,\s*$/,
    'a comma follows the object, and lines need none between them. Remove it; `tunewright validate FILE --fix OUT` does.',
  ],
  [/^\{/, 'another object follows the first. Put each on a line of its own.'],
  [/^'/, 'a text stands in single quotes, as Python prints it. Write the line with json.dumps.'],
  [/^(?:None|True|False)\b/, 'Python writes this, and JSON has null, true and false. Write the line with json.dumps.'],
  [/^(?:NaN|-?Infinity|undefined)\b/, 'JSON has no such value. Write null, or leave the field out.'],
  [/^[\u201c\u201d\u201e]/, 'a text stands in typographic quotes. Write straight ones: ".'],
  [/^\/[/*]/, 'JSON has no comments. Remove it.'],
];

/** What is wrong with a line that is no JSON from the character at `errorAt` on, and what to do. */
export function invalidJson(text: string, errorAt: number): string {
  const rest = text.slice(errorAt, errorAt + 20);
  if (rest.trim() === '') {
    return 'The line is not JSON: it ends too early. Put one whole JSON object on each line; `jq -c .` makes one line of an object that has several.';
  }
  const [, advice] = usual.find(([pattern]) => pattern.test(rest)) ?? [];
  const where = `The line is not JSON: see character ${errorAt + 1}`;
  if (advice) return `${where}, where ${advice}`;
  if (text.slice(0, errorAt).trim() !== '') return `${where}. Put one whole JSON object on each line.`;
  return `${where}. Put one whole JSON object on each line; of a table, named .csv or .tsv, \`tunewright convert\` makes such lines.`;
}
