/** Words, and what stands between them. */
const pieces = /[\p{L}\p{N}]+|[^\p{L}\p{N}]/gu;

/** What of `text` departs from `reference`: all behind the words both begin with and before those both end with. */
export function changedPart(reference: string, text: string): { before: string; changed: string; after: string } {
  const expected = reference.match(pieces) ?? [];
  const found = text.match(pieces) ?? [];
  const shorter = Math.min(expected.length, found.length);
  let begin = 0;
  while (begin < shorter && expected[begin] === found[begin]) begin += 1;
  let end = 0;
  while (end < shorter - begin && expected.at(-1 - end) === found.at(-1 - end)) end += 1;
  return {
    before: found.slice(0, begin).join(''),
    changed: found.slice(begin, found.length - end).join(''),
    after: found.slice(found.length - end).join(''),
  };
}
