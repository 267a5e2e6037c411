/** An answer that a prompt offers, and the words it is described with (the label itself and what stands beside it). */
interface OfferedLabel {
  label: string;
  description: string;
}

const LONGEST_LABEL = 80;
const MOST_WORDS = 6;
const BULLET = /^\s*(?:[-*•–]|\d{1,4}[.)])\s+(.+)$/u;
const DESCRIBED = /^(.{1,80}?)(?:\s*:\s+|\s+[-–—=]+>?\s+)(.+)$/u;
const WRAPPING = /^["'`“”‘’«»*_\s]+|["'`“”‘’«»*\s.]+$/gu;

/** Text too long for a label is left as it is: it is dropped for its length, and trimming it could take long. */
function unwrap(text: string): string {
  return text.length > 2 * LONGEST_LABEL ? text : text.replace(WRAPPING, '');
}

function toLabel(text: string): OfferedLabel[] {
  const [, name, beside] = DESCRIBED.exec(text.trim()) ?? [];
  const label = unwrap(name ?? text);
  if (label === '' || label.length > LONGEST_LABEL) return [];
  return [{ label, description: beside ? `${label} ${beside}` : label }];
}

/** A JSON array of strings, wherever it stands in the text. */
function fromJson(text: string): OfferedLabel[] {
  for (const [array] of text.matchAll(/\[[^[\]]*\]/g)) {
    try {
      const values: unknown[] = JSON.parse(array);
      const labels = values.filter((value) => typeof value === 'string');
      if (labels.length > 1) return labels.map((label) => ({ label, description: label }));
    } catch {
      // Square brackets that hold something else.
    }
  }
  return [];
}

function fromBullets(text: string): OfferedLabel[] {
  return text.split('\n').flatMap((line) => toLabel(BULLET.exec(line)?.[1] ?? ''));
}

/** "Labels: a, b or c." */
function fromCommas(text: string): OfferedLabel[] {
  const lists = text.split(/\n\s*\n|[:：]\s|\.\s/u).map((segment) =>
    segment
      .split(/\s*[,;|\n]\s*(?:(?:or|and)\s+)?/u)
      .flatMap((part) => part.split(/\s+or\s+/u))
      .map(unwrap)
      .filter((part) => part !== ''),
  );
  const longest = lists.reduce((best, list) => (list.length > best.length ? list : best), []);
  const short = longest.filter((label) => label.split(/\s/u).length <= MOST_WORDS && label.length <= LONGEST_LABEL);
  return short.length === longest.length ? short.map((label) => ({ label, description: label })) : [];
}

/** The longest run of short lines, which is how a list without any marks looks. */
function fromLines(text: string): OfferedLabel[] {
  const lines = text.split('\n');
  let longest = { start: 0, end: 0 };
  let start = 0;
  lines.forEach((line, at) => {
    const short = line !== '' && !/[:.,;?!]$/u.test(line) && line.split(/\s/u).length <= MOST_WORDS;
    if (!short) start = at + 1;
    else if (at + 1 - start > longest.end - longest.start) longest = { start, end: at + 1 };
  });
  return lines.slice(longest.start, longest.end).flatMap(toLabel);
}

/** Blanks and empty lines in a row made one, so that no pattern here can take quadratic time over them. */
function tidy(text: string): string {
  const lines = text.split('\n').map((line) => line.replace(/\s+/gu, ' ').trim());
  return lines.join('\n').replace(/\n{3,}/g, '\n\n');
}

/**
 * The answers offered by an instruction: a JSON array, else whichever reading as bullets, lines or a comma list finds
 * most. Fewer than two are no offer, and give an empty list. Duplicates are left out.
 */
export function offeredLabels(instruction: string): OfferedLabel[] {
  const text = tidy(instruction);
  const json = fromJson(text);
  const readings = json.length > 1 ? [json] : [fromBullets(text), fromLines(text), fromCommas(text)];
  const most = readings.reduce((best, reading) => (reading.length > best.length ? reading : best));
  const distinct = [...new Map(most.map((offer) => [offer.label, offer])).values()];
  return distinct.length > 1 ? distinct : [];
}
