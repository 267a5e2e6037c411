import { type Example, formats } from '../../../src/datasets/examples/formats.ts';
import { graderFields } from '../../../src/datasets/examples/grader-fields.ts';
import { inspectDataset } from '../../../src/datasets/inspection/inspect.ts';
import { chat, jsonl, temporaryFolder } from '../support.ts';

const files = temporaryFolder();
const multi = {
  type: 'multi',
  graders: {
    exact: { type: 'string_check', input: '{{sample.output_text}}', reference: '{{ item.answers[1].text }}' },
    judge: { type: 'score_model', input: [{ role: 'user', content: 'Is {{sample.output_text}} {{item.kind}}?' }] },
  },
};
const example = (fields: object): Example =>
  formats.reinforcement.example({ messages: [{ role: 'user', content: 'q' }], ...fields });
function lacked(grader: unknown, ...examples: Example[]) {
  const fields = graderFields(grader);
  for (const [index, example] of examples.entries()) fields.add(fields.lacking(example), index + 1);
  return fields.result();
}
const missing = (fields: object, grader: unknown = multi) => lacked(grader, example(fields)).map(({ path }) => path);

test('every template of a grader is looked through, however deep it stands', () => {
  expect(missing({ answers: [{}, { text: 'a' }], kind: 'b' })).toEqual([]);
  expect(missing({ answers: [{ text: 'a' }] })).toEqual(['answers[1].text', 'kind']);
  expect(missing({ answers: [{}, { text: null }], kind: '' })).toEqual(['answers[1].text']);
});

test.each(['__proto__', 'constructor.name', 'messages.length.toFixed'])(
  'what an object inherits is no field: %s',
  (name) => {
    expect(missing({}, { reference: `{{item.${name}}}` })).toEqual([name]);
  },
);

test('the answer hoped for stands where an example ends with one', () => {
  const answered = formats.supervised.example(JSON.parse(chat('q', 'a')));
  expect(lacked({ reference: '{{item.reference}}' }, answered)).toEqual([]);
  expect(missing({}, { reference: '{{item.reference}}' })).toEqual(['reference']);
});

test('the lines that lack a field are one error, and no grader lacks none', async () => {
  const lines = [chat('q', 'a'), JSON.stringify({ ...JSON.parse(chat('r', 'b')), topic: 'x' })];
  const path = await files.write('data.jsonl', jsonl(lines));
  const grader = { type: 'string_check', reference: '{{item.topic}}' };
  const { problems } = await inspectDataset(path, { minimumExamples: 1, fields: ['topic'], grader });
  expect(problems).toMatchObject([
    { code: 'grader_field_missing', path: 'topic', message: expect.stringContaining('one example lacks (line 1)') },
  ]);
  expect((await inspectDataset(path, { minimumExamples: 1 })).errors).toBe(0);
});
