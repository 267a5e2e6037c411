import { invalidJson } from '../../../src/datasets/reading/invalid-json.ts';
import { parseJson } from '../../../src/datasets/reading/json.ts';

function told(text: string): string {
  const parsed = parseJson(text);
  return 'errorAt' in parsed ? invalidJson(text, parsed.errorAt) : 'JSON';
}

test.each([
  [
    '{"a": 1},',
    'see character 9, where a comma follows the object, and lines need none between them. Remove it; `tunewright validate FILE --fix OUT` does.',
  ],
  ['{"a": 1}{"a": 2}', 'see character 9, where another object follows'],
  ["{'a': 1}", 'see character 2, where a text stands in single quotes'],
  ['{"a": None}', 'see character 7, where Python writes this'],
  ['{"a": NaN}', 'see character 7, where JSON has no such value'],
  ['{"a": \u201cb\u201d}', 'see character 7, where a text stands in typographic quotes'],
  ['{"a": 1} // x', 'see character 10, where JSON has no comments'],
  ['{', 'it ends too early. Put one whole JSON object on each line; `jq -c .`'],
  [
    'question,answer',
    'see character 1. Put one whole JSON object on each line; of a table, named .csv or .tsv, `tunewright convert`',
  ],
  ['{"a": [1,]}', 'see character 10. Put one whole JSON object on each line.'],
])('%j', (text, expected) => {
  expect(told(text)).toContain(`The line is not JSON: ${expected}`);
});
