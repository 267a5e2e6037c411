export { answers, assertAnswers } from './answers.ts';
export { begin, needsDeployment } from './begin.ts';
export { rollbackTarget } from './target.ts';
