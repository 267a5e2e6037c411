export { answers, assertAnswers } from './answers.ts';
export { begin, type HostingContext, needsDeployment } from './begin.ts';
export { rollbackTarget } from './target.ts';
