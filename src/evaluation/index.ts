export { askAll } from './ask.ts';
export { type ComparedModels, compare, type Regression, summarise } from './compare.ts';
export { judge } from './gate.ts';
export { createGrader, type GraderContext } from './graders/index.ts';
export { findOverfitting, type Overfitting } from './overfitting.ts';
export { decodePredictions, encodePredictions } from './prediction.ts';
export type { RunReport } from './report.ts';
export { chooseShown, isInstruction, type ShownExample, withShown } from './shown.ts';
