import { readFileSync } from 'node:fs';
import type { GraderConfig } from '../../../src/contract/graders.ts';
import type { GraderContext } from '../../../src/evaluation/graders/index.ts';
import { pythonScript } from '../../../src/evaluation/scripts/python.ts';
import { alone, gradeOne } from './support.ts';

interface Case {
  says: string;
  grader: GraderConfig;
  item: Record<string, unknown> & { reference: string };
  answer: string;
  score: number;
}

const cases = readFileSync('trainers/huggingface/tests/grades.jsonl', 'utf8')
  .trim()
  .split('\n')
  .map((line): Case => JSON.parse(line));

type Script = ReturnType<GraderContext['script']>;
const opened: Script[] = [];
const context: GraderContext = {
  ...alone,
  script(source) {
    const script = pythonScript('python' in source ? source.python : '', 'python3');
    opened.push(script);
    return script;
  },
};
afterAll(async () => void (await Promise.all(opened.map(async (script) => await script.close()))));

// trainers/huggingface/tests/test_graders.py reads the same file: a reward is what the evaluation would have given.
test.each(cases)('trainers reward as graders grade: $grader.type, $says', async ({ grader, item, answer, score }) => {
  expect((await gradeOne(grader, item, answer, context)).score).toBeCloseTo(score, 6);
});
