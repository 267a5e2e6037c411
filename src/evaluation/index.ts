export { askAll } from './ask.ts';
export { compare, summarise } from './compare.ts';
export { createGrader } from './graders.ts';
export { decodePredictions, encodePredictions } from './prediction.ts';
export type { RunReport } from './report.ts';
