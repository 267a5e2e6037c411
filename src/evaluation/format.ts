import type { Estimate } from '../contract/evaluation.ts';

/** 0.842 as `84.2%`. */
export function formatPercent(share: number): string {
  return `${hundredths(share)}%`;
}

/** A difference of shares: 0.427 as `+42.7 points`. */
export function formatPoints(difference: number): string {
  const points = hundredths(difference);
  return `${difference > 0 && points !== '0.0' ? '+' : ''}${points} points`;
}

/** The ends of an interval in percent or points: `33.0 to 51.9`. */
export function formatInterval({ low, high }: Estimate): string {
  return `${hundredths(low)} to ${hundredths(high)}`;
}

/** 0.95 as `95%`, 0.999 as `99.9%`. */
export function formatConfidence(confidence: number): string {
  return `${+(confidence * 100).toFixed(1)}%`;
}

/** US dollars; what is less than a dollar keeps four decimals. */
export function formatUsd(amount: number): string {
  if (amount > 0 && amount < 0.0001) return 'less than $0.0001';
  return `$${amount.toFixed(amount === 0 || amount >= 1 ? 2 : 4)}`;
}

/** Milliseconds as `740 ms`, `8.3 s`, `4 min 05 s`, `2 h 07 min`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${padded(seconds % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${padded(minutes % 60)} min`;
}

/** An ISO time as `2026-11-24 14:32 UTC`. */
export function formatMoment(iso: string): string {
  return `${new Date(iso).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** A p value: below a thousandth its size says nothing more. */
export function formatPValue(p: number): string {
  return p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`;
}

/** A count with its noun, in the singular where there is one: `1 example`, `10,003 examples`. */
export function formatCount(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

function hundredths(share: number): string {
  const text = (share * 100).toFixed(1);
  return text === '-0.0' ? '0.0' : text;
}

function padded(count: number): string {
  return String(count).padStart(2, '0');
}
