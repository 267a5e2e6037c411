export { automaticEpochs, estimateTrainingTokens } from './estimate.ts';
export { type Inspection, type InspectOptions, inspectDataset } from './inspect.ts';
export { findLeaks } from './leaks.ts';
export { methodOf } from './method.ts';
export type { Problem } from './problem.ts';
export { type HeldOutQuestion, readQuestions } from './questions.ts';
export { assistantText } from './reference.ts';
export { type DatasetParts, splitDataset } from './split.ts';
export type { DatasetPart } from './write.ts';
