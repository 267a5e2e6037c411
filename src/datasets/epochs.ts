const targetEpochs = 3;
const fewestExamples = 100;
const mostExamples = 25_000;
const mostEpochs = 25;

/** The epochs that `auto` comes to, by the rule that OpenAI's cookbook documents. */
export function automaticEpochs(examples: number): number {
  if (examples * targetEpochs < fewestExamples) return Math.min(mostEpochs, Math.floor(fewestExamples / examples));
  if (examples * targetEpochs > mostExamples) return Math.max(1, Math.floor(mostExamples / examples));
  return targetEpochs;
}
