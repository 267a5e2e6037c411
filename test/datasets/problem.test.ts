import { linesOf, problemLog } from '../../src/datasets/problem.ts';

test('of a warning 10,000 further places are kept, and all are counted', () => {
  const log = problemLog(100_000);
  for (let line = 1; line <= 20_000; line++) {
    log.add({ code: 'secret', severity: 'warning', line, path: 'messages[0].content', message: 'A key.' });
  }
  const { problems, warnings } = log.result();
  expect(warnings).toBe(1);
  expect(problems[0]?.message).toMatch(/ \(20,000 times: lines 1, 2, /);
  expect(problems[0]?.more).toHaveLength(10_000);
  expect(problems[0]?.more?.at(-1)).toEqual({ line: 10_001, path: 'messages[0].content' });
});

test('numbers of lines have no commas, which stand between them', () => {
  expect(linesOf([{ line: 999 }, { line: 1005 }])).toBe('lines 999, 1005');
});
