import { inspectDataset } from '../../../src/datasets/inspection/inspect.ts';
import { chat, jsonl, temporaryFolder } from '../support.ts';

const files = temporaryFolder();

async function codes(of: (number: number) => [question: string, answer: string], count: number): Promise<string[]> {
  const lines = Array.from({ length: count }, (_, number) => chat(...of(number)));
  const { problems } = await inspectDataset(await files.write('data.jsonl', jsonl(lines)), { minimumExamples: 1 });
  return problems.map(({ code }) => code);
}

test.each<[string[], string, number, (number: number) => [string, string]]>([
  [['upper_case_questions'], 'questions in capitals', 10, (n) => [`WHERE IS PARCEL ${n}?`, `On its way, ${n}.`]],
  [['upper_case_answers'], 'answers in capitals', 10, (n) => [`Where is parcel ${n}?`, `ON ITS WAY, ${n}.`]],
  [['upper_case_answers'], 'a half in capitals', 10, (n) => [`Where is ${n}?`, n % 2 ? `HERE, ${n}` : `there, ${n}`]],
  [['upper_case_questions'], 'capitals of another script', 10, (n) => [`ГДЕ МОЯ ПОСЫЛКА ${n}?`, `В пути, ${n}.`]],
  [[], 'a quarter in capitals', 10, (n) => [`Where is ${n}?`, n % 4 ? `there, ${n}` : `HERE, ${n}`]],
  [[], 'single letters and abbreviations', 10, (n) => [`Is ${n} A or B in EU?`, `${n % 2 ? 'A' : 'B'}`]],
  [[], 'a script without capitals', 10, (n) => [`我的包裹在哪里 ${n}`, `在路上 ${n}`]],
  [[], 'answers in SQL', 10, (n) => [`Who is ${n}?`, `SELECT c${n} FROM users ORDER BY age LIMIT ${n}`]],
  [[], 'changes in SQL', 10, (n) => [`Who is ${n}?`, `UPDATE t${n} SET c = NULL WHERE id = ${n}`]],
  [
    [],
    'a schema in SQL',
    10,
    (n) => [`CREATE TABLE t${n} (ID INTEGER PRIMARY KEY, AGE INTEGER NOT NULL)`, `Who is ${n}?`],
  ],
  [
    ['upper_case_answers'],
    'capitals beside SQL',
    20,
    (n) => [`Where is ${n}?`, n % 2 ? `ON ITS WAY, ${n}` : `SELECT name FROM users WHERE id = ${n}`],
  ],
  [[], 'nine examples', 9, (n) => [`WHERE IS PARCEL ${n}?`, `On its way, ${n}.`]],
])('%j of %s', async (expected, _, count, of) => {
  expect(await codes(of, count)).toEqual(expected);
});
