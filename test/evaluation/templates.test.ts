import { TunewrightError } from '../../src/contract/errors.ts';
import type { EvaluationItem, Sample } from '../../src/evaluation/sample.ts';
import { AnswerLacks, parseTemplate } from '../../src/evaluation/templates.ts';

function filled(template: string, item: EvaluationItem, sample: Sample = { output_text: 'a' }): string {
  return parseTemplate(template).fill(item, sample);
}

function failureOf(call: () => unknown): { code: string; message: string } {
  try {
    call();
  } catch (error) {
    if (error instanceof TunewrightError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('templates', () => {
  const item = {
    reference: 'r',
    city: { name: 'Bern', codes: [3000, 3001] },
    'odd name\n': 1,
    nothing: null,
  };

  test('reach nested fields and list entries, with and without white space', () => {
    const template = '<{{ item.city.name }}|{{item.city.codes[1]}}|{{item.city.codes.0}}|{{item.city.codes}}>';
    expect(filled(template, item)).toBe('<Bern|3001|3000|[3000,3001]>');
  });

  test('put values in as they are, never as templates', () => {
    const hostile = { reference: '{{item.secret}} $& $1', secret: 'x' };
    expect(filled('{{item.reference}}', hostile)).toBe('{{item.secret}} $& $1');
    expect(filled('{{sample.output_text}}', hostile, { output_text: '{{item.secret}}' })).toBe('{{item.secret}}');
  });

  test.each([
    ['{{item.town}}', 'names item.town, which the example lacks: item has reference, city, "odd name\\n", nothing.'],
    ['{{item.city.size}}', 'names item.city.size, which the example lacks: item.city has name, codes.'],
    [
      '{{item.reference.length}}',
      'names item.reference.length, which the example lacks: item.reference is not an object.',
    ],
    ['{{item.nothing}}', 'names item.nothing, which the example lacks: it is null.'],
    ['{{item.__proto__}}', 'names item.__proto__, which the example lacks'],
    ['{{item.constructor.name}}', 'names item.constructor.name, which the example lacks'],
    ['{{item.city.codes[2]}}', 'names item.city.codes.2, which the example lacks: item.city.codes has 0, 1.'],
  ])('%s: a field that is not there is an error that says what is', (text, message) => {
    const template = parseTemplate(text);
    for (const call of [() => template.fill(item, { output_text: 'a' }), () => template.check(item)]) {
      const failure = failureOf(call);
      expect(failure.code).toBe('field_missing');
      expect(failure.message).toContain(message);
    }
  });

  test('what an answer is made of can be reached', () => {
    const call = { id: 'call_1', type: 'function', function: { name: 'find', arguments: '{"id":7}' } };
    const sample = {
      output_text: '{"city":{"name":"Bern","codes":[3000]}}',
      output_tools: [call],
      choices: [{ message: { content: 'yes' }, finish_reason: 'stop' }],
    };
    const template =
      '{{sample.output_json.city.name}} {{sample.output_json.city.codes[0]}} {{sample.output_json}} ' +
      '{{sample.output_tools[0].function.name}} {{sample.choices[0].message.content}}';
    expect(filled(template, item, sample)).toBe(`Bern 3000 ${sample.output_text} find yes`);
  });

  test.each([
    ['{{sample.output_json.city}}', 'no JSON at all', 'The answer is no JSON.'],
    ['{{sample.output_json.city}}', '{"town":1}', 'The answer has no output_json.city.'],
    ['{{sample.output_tools[0].function.name}}', 'text', 'The answer has no output_tools.0.function.name.'],
  ])('%s: an answer %j that lacks it has failed, and what it says instead is not told', (template, text, message) => {
    const fill = () => filled(template, item, { output_text: text, output_tools: [] });
    expect(fill).toThrow(AnswerLacks);
    expect(fill).toThrow(message);
    expect(() => parseTemplate(template).check(item)).not.toThrow();
  });

  test('a field called __proto__ in the data is a field like any other', () => {
    const line: EvaluationItem = JSON.parse('{"reference":"r","__proto__":{"polluted":"yes"}}');
    expect(filled('{{item.__proto__.polluted}}', line)).toBe('yes');
    expect(failureOf(() => filled('{{item.polluted}}', line)).code).toBe('field_missing');
  });

  test.each([
    '{{item.reference',
    '{{}}',
    '{{reference}}',
    '{{item}}',
    '{{item..a}}',
    '{{sample.latencyMs}}',
    '{{sample}}',
    '{{sample.output_text.x}}',
  ])('%s is refused before any example is graded', (template) => {
    expect(failureOf(() => parseTemplate(template)).code).toBe('invalid_config');
  });
});
