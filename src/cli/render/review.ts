import type { Quality, Review } from '../../datasets/index.ts';
import { formatCount, formatPercent } from '../../evaluation/format.ts';
import { table } from './table.ts';
import { clean, type Paint } from './text.ts';

const mostLetters = 60;

/** The worst answers of a data set. This is the one place that shows what the data says: somebody asked for it. */
export function reviewReport(file: string, review: Review | Quality, paint: Paint): string {
  return 'doubts' in review ? doubtsReport(file, review, paint) : qualityReport(file, review, paint);
}

function qualityReport(file: string, { examples, poor, answers }: Quality, paint: Paint): string {
  const found = `Of ${formatCount(examples, 'answer')} something speaks against ${poor.toLocaleString('en-US')}`;
  if (answers.length === 0) return `${found}.`;
  const rows = answers.map(({ line, question, answer, reasons }) => [
    ...cells([`${file}:${line}`, question, answer]),
    clean(reasons.join('; ')),
  ]);
  return `${found}; the worst:\n${table(['line', 'question', 'its answer', 'why'], rows, paint)}`;
}

function doubtsReport(file: string, { examples, share, doubted, doubts }: Review, paint: Paint): string {
  const words = share < 1 ? `, by ${formatPercent(share)} of their words,` : '';
  const found = `Of ${formatCount(examples, 'example')}${words} the others would answer ${doubted.toLocaleString('en-US')} differently`;
  if (doubts.length === 0) return `${found}.`;
  const rows = doubts.map(({ line, question, answer, expected }) =>
    cells([`${file}:${line}`, question, answer, expected]),
  );
  return `${found}; the most doubtful:\n${table(['line', 'question', 'its answer', 'what the others say'], rows, paint)}`;
}

function cells(texts: readonly string[]): string[] {
  return texts.map((text) => shortened(clean(text.replace(/\s+/g, ' '))));
}

function shortened(text: string): string {
  return text.length > mostLetters ? `${text.slice(0, mostLetters - 1)}…` : text;
}
