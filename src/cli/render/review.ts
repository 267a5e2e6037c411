import type { Review } from '../../datasets/index.ts';
import { formatCount } from '../../evaluation/format.ts';
import { table } from './table.ts';
import { clean, type Paint } from './text.ts';

const mostLetters = 60;

/** The most doubtful answers of a data set. This is the one place that shows what the data says: somebody asked for it. */
export function reviewReport(file: string, { examples, doubted, doubts }: Review, paint: Paint): string {
  const found = `Of ${formatCount(examples, 'example')} the others would answer ${doubted.toLocaleString('en-US')} differently`;
  if (doubts.length === 0) return `${found}.`;
  const rows = doubts.map(({ line, question, answer, expected }) =>
    [`${file}:${line}`, question, answer, expected].map((text) => shortened(clean(text.replace(/\s+/g, ' ')))),
  );
  return `${found}; the most doubtful:\n${table(['line', 'question', 'its answer', 'what the others say'], rows, paint)}`;
}

function shortened(text: string): string {
  return text.length > mostLetters ? `${text.slice(0, mostLetters - 1)}…` : text;
}
