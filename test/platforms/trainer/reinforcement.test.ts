import { type GraderConfig, rewardSchema } from '../../../src/contract/graders.ts';
import { trainerReinforcement } from '../../../src/platforms/trainer/reinforcement.ts';
import { settled, tuningSchema } from '../../../src/platforms/trainer/tuning.ts';
import { spec } from '../support.ts';

const tuning = tuningSchema.parse({});
const objection = (grader: unknown) => trainerReinforcement(tuning).objection(rewardSchema.parse(grader));
const check = { type: 'string_check', operation: 'eq', reference: '{{item.intent}}' };
const judge = { type: 'score_model', model: 'a-judge', input: [{ role: 'user', content: 'Good?' }] };
const multi = (graders: Record<string, unknown>) => ({ type: 'multi', graders, calculate_output: 'a + b' });

test.each([
  check,
  { type: 'exact_match' },
  { type: 'numeric' },
  { type: 'text_similarity', evaluation_metric: 'rouge_l' },
  { type: 'python', source: 'def grade(sample, item): return 1' },
  multi({ a: check, b: { type: 'exact_match' } }),
])('trainers compute rewards by $type, which needs no bound', (grader) => {
  expect(objection(grader)).toBeUndefined();
});

test.each([
  [judge, /not by score_model/],
  [{ type: 'text_similarity', evaluation_metric: 'cosine' }, /other metrics than cosine and meteor/],
  [multi({ a: check, b: judge }), /not by score_model/],
])('they say by what they cannot: %j', (grader, said) => {
  expect(objection(grader)).toMatch(said);
});

test.each([
  ['auto' as const, 8],
  [undefined, 8],
  [0.5, 4],
  [2, 16],
  // One alone is compared with none.
  [0.01, 2],
])('a compute multiplier of %j makes %j answers to a question', (computeMultiplier, answers) => {
  const grader = rewardSchema.parse(check) as GraderConfig;
  const hyperparameters = { ...spec('file').hyperparameters, computeMultiplier };
  const job = spec('file', { method: 'reinforcement', hyperparameters, reward: { grader, maxOutputTokens: 64 } });
  expect(settled(job, tuning)).toMatchObject({
    objective: 'reinforcement',
    reinforcement: { grader, answers, answerTokens: 64 },
  });
  expect(settled(spec('file'), tuning)).not.toHaveProperty('reinforcement');
});
