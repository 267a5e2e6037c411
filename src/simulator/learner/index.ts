export { answer, type TunedModel } from './model.ts';
export type { RewardGrader } from './reward.ts';
export { startTraining, type TrainingHandle } from './train.ts';
export type { ChatMessage, StepMetrics, TrainEvent, TrainRequest } from './types.ts';
export { loadModel } from './weights-file.ts';
