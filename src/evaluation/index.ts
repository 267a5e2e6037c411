export { askAll } from './ask.ts';
export { compare, summarise } from './compare.ts';
export { formatCount, formatDuration, formatInterval, formatPercent, formatPoints, formatUsd } from './format.ts';
export { createGrader } from './graders.ts';
export { decodePredictions, encodePredictions } from './prediction.ts';
export { type RunReport, renderMarkdown } from './report.ts';
export type { EvaluationItem } from './templates.ts';
export { verdict } from './verdict.ts';
