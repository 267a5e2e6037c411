export { automaticEpochs } from './epochs.ts';
export { type Inspection, type InspectOptions, inspectDataset } from './inspect.ts';
export type { Problem } from './problem.ts';
export { assistantText, type HeldOutQuestion, readQuestions } from './reference.ts';
export { type DatasetPart, type DatasetParts, splitDataset } from './split.ts';
