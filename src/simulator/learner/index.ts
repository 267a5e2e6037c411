export { answer, type TunedModel } from './model.ts';
export { startTraining, type TrainingHandle } from './train.ts';
export type { ChatMessage, StepMetrics, TrainEvent, TrainRequest } from './types.ts';
export { loadModel } from './weights-file.ts';
