import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { createGrader, type GraderContext } from '../../../src/evaluation/graders/index.ts';
import { alone, grader, problems } from './support.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/graders.md'), 'utf8');
const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => parse(text ?? ''));
const context: GraderContext = {
  ...alone,
  script: () => ({ load: async () => {}, grade: async () => ({ score: 1 }), close: async () => {} }),
};

test.each(examples.map((config) => [config.type, config]))(
  'the example of %s in the documentation works',
  (_, config) => {
    expect(problems(config)).toEqual([]);
    expect(() => createGrader(grader(config), context)).not.toThrow();
  },
);

test('every type has an example there', () => {
  const types = [
    ...problems({ type: 'none' })
      .join()
      .matchAll(/'([a-z_]+)'/g),
  ].map(([, type]) => type);
  expect(types.length).toBeGreaterThan(15);
  for (const type of types) expect(examples.map((config) => config.type)).toContain(type);
});
