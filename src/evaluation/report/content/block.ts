import type { Estimate } from '../../../contract/evaluation.ts';
import type { TrainingMetrics } from '../../../contract/run.ts';
import type { RivalRole } from '../../../contract/verdict.ts';
import type { RunReport } from '../../report.ts';

/** Whose figure it is: each has its colour and mark wherever it is drawn. */
export type Who = 'tuned' | RivalRole;
export type Tone = 'good' | 'bad' | 'neutral';

/** What is drawn in a table's cell, on the scale of its column. */
export type Mark = { interval: Estimate; who: Who } | { from: number; to: number; who: Who };

/** Plain text, ours or from outside: every form of the report escapes it. */
export interface Cell {
  text: string;
  /** A name, path or hash, in a font of fixed width. */
  code?: true;
  /** A link where it is `https:` or `http:`. */
  href?: string;
  who?: Who;
  /** What it is called elsewhere, told below it. */
  detail?: string;
  tone?: Tone;
  mark?: Mark;
}

export interface Column {
  name: string;
  /** Stands to the right. */
  number?: true;
  /** Its cells are drawn marks, whose figures stand in other columns: for forms that draw. */
  scale?: Scale;
}

export interface Scale {
  low: number;
  high: number;
  ticks: { at: number; label: string }[];
}

export interface Table {
  kind: 'table';
  caption: string;
  /** The first one names the row. */
  columns: Column[];
  rows: (Cell | string)[][];
  /** Rows beyond these are folded away. */
  shown?: number;
  /** The whole is folded away: it tells in figures what a chart before it has shown. */
  folded?: true;
}

/** The curves of training and validation over the steps of the training. */
export type Point = readonly [step: number, value: number];

export interface Curve {
  title: string;
  unit: 'figure' | 'share';
  training: Point[];
  validation: Point[];
  lastStep: number;
  checkpoints: { step: number; value: number | undefined; chosen: boolean }[];
}

/** What a report is made of; a form (HTML, Markdown) knows how to show each kind. */
export type Block =
  | { kind: 'text'; text: string }
  | { kind: 'warnings'; text: string; items: string[] }
  | { kind: 'facts'; rows: (readonly [name: string, value: Cell | string])[] }
  | { kind: 'explained'; title: string; terms: (readonly [term: string, meaning: string])[] }
  | { kind: 'regressions'; rows: RunReport['regressions']; names: Record<Who, string> }
  | { kind: 'json'; title: string; value: unknown }
  | { kind: 'curves'; curves: Curve[] }
  | Table;

export interface Section {
  /** Names it in links. */
  id: string;
  title: string;
  blocks: Block[];
}

/** The answer first: what was decided and why, then the figures that a reader asks for next. */
export interface Outcome {
  word: string;
  tone: Tone;
  /** What was measured, as a sentence. */
  says: string;
  /** What the gate says of it, or what it means. */
  why: string;
  /** What a reader has to know before believing it, a sentence each. */
  caveats: string[];
  figures: { name: string; value: string; unit?: string; note: string }[];
  /** The rules of a gate, where one has judged. */
  checks?: Table;
}

export interface Content {
  of: 'run' | 'evaluation';
  name: string;
  /** What it was, on one line. */
  subtitle: string;
  /** Set when nothing of it was real. */
  simulated: string | undefined;
  outcome: Outcome;
  /** Those that have something to say. */
  sections: Section[];
}

export type Metric = Exclude<keyof TrainingMetrics, 'step' | 'totalSteps'>;
