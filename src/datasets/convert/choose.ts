import { TunewrightError } from '../../contract/errors.ts';
import { isBlank } from '../reading/blank.ts';
import { listed } from './fault.ts';
import type { Layout } from './layout.ts';
import { columnsLayout, type Preset, presets } from './layouts.ts';
import { pairColumns } from './preference.ts';
import { aimed, type Target } from './target.ts';
import { columnTemplate, parseTemplate } from './template.ts';

/** How rows become examples; without preset and columns it is told by the names of the columns. */
export interface Mapping extends Target {
  preset?: Preset | undefined;
  inputColumn?: string | undefined;
  outputColumn?: string | undefined;
  /** Text with `{{column}}`, instead of a column. */
  userTemplate?: string | undefined;
  assistantTemplate?: string | undefined;
  /** Of pairs, the answer that is not preferred to the other. */
  rejectedColumn?: string | undefined;
  /** A system message for examples that have none of their own. */
  system?: string | undefined;
}

export interface Choice {
  layout: Layout;
  /** What was taken, and why. */
  why: string;
}

/** Names of columns that tell what is asked, and what is answered, in lower case. */
const questions = [
  'text',
  'question',
  'query',
  'utterance',
  'sentence',
  'prompt',
  'input',
  'user',
  'message',
  'request',
];
const answers = [
  'category',
  'label',
  'intent',
  'class',
  'answer',
  'output',
  'response',
  'completion',
  'assistant',
  'reply',
];

/** What is wrong with a mapping whatever the file; throws `invalid_config`. */
export function checkMapping(mapping: Mapping): void {
  const { preset, inputColumn, outputColumn, userTemplate, assistantTemplate, rejectedColumn, system } = mapping;
  if (system !== undefined && isBlank(system)) {
    throw new TunewrightError('invalid_config', 'The system message is empty.', {
      advice: 'Give --system its text, or leave it out.',
    });
  }
  const input = [inputColumn, userTemplate].filter((one) => one !== undefined).length;
  const output = [outputColumn, assistantTemplate].filter((one) => one !== undefined).length;
  const fault =
    input > 1 || output > 1
      ? 'A column and a template are given for the same message.'
      : preset !== undefined && (input + output > 0 || rejectedColumn !== undefined)
        ? 'A preset knows its columns: it takes neither columns nor templates.'
        : input !== output
          ? 'Only one side of the examples is told.'
          : rejectedColumn !== undefined && input === 0
            ? 'Of the pairs only the rejected answer is told.'
            : undefined;
  if (fault === undefined) return;
  throw new TunewrightError('invalid_config', fault, {
    advice:
      'Give --input-column or --user-template, with --output-column or --assistant-template, and --rejected-column with these for pairs; or --preset alone.',
  });
}

/** The layout of a file with these columns in its first row. Throws `invalid_data`, which names the columns there are. */
export function chooseLayout(mapping: Mapping, columns: readonly string[], name: string): Choice {
  const plain = asked(mapping) ?? told(columns);
  if (!plain) {
    throw new TunewrightError('invalid_data', `The columns of ${name} tell no layout: ${listed(columns)}.`, {
      advice:
        'Say which are meant: --input-column and --output-column, for pairs --rejected-column too, or a --preset.',
    });
  }
  const choice = { ...plain, layout: aimed(plain.layout, mapping) };
  const absent = choice.layout.needs.filter((column) => !columns.includes(column));
  if (absent.length === 0) return choice;
  throw new TunewrightError('invalid_data', `${name} has no column ${listed(absent)}; it has ${listed(columns)}.`, {
    advice: 'Name columns as they stand in the file, upper and lower case alike.',
  });
}

function asked(mapping: Mapping): Choice | undefined {
  const { preset, inputColumn, outputColumn, userTemplate, assistantTemplate, rejectedColumn } = mapping;
  if (preset !== undefined) return { layout: presets[preset], why: `${preset}, as told` };
  const template = (column: string | undefined, text: string | undefined) =>
    column !== undefined ? columnTemplate(column) : text !== undefined ? parseTemplate(text) : undefined;
  const user = template(inputColumn, userTemplate);
  const assistant = template(outputColumn, assistantTemplate);
  if (!user || !assistant) return undefined;
  const layout =
    rejectedColumn === undefined
      ? columnsLayout(user, assistant)
      : pairColumns(user, assistant, columnTemplate(rejectedColumn));
  return { layout, why: 'columns, as told' };
}

function told(columns: readonly string[]): Choice | undefined {
  const fitting = Object.values(presets).filter(({ needs }) => needs.every((column) => columns.includes(column)));
  const [layout, ...others] = fitting;
  if (layout) {
    const also = others.map(({ name, needs }) => `; --preset ${name} would take ${listed(needs)}`);
    return { layout, why: `${layout.name}, by the columns ${listed(layout.needs)}${also.join('')}` };
  }
  const [question, ...questionsToo] = columns.filter((column) => questions.includes(column.toLowerCase()));
  const [answer, ...answersToo] = columns.filter((column) => answers.includes(column.toLowerCase()));
  if (question === undefined || answer === undefined || questionsToo.length + answersToo.length > 0) return undefined;
  const unused = columns.filter((column) => column !== question && column !== answer);
  const aside = unused.length > 0 ? `; not used: ${listed(unused)}` : '';
  const why = `columns, by their names: ${listed([question])} is asked, ${listed([answer])} is answered${aside}`;
  return { layout: columnsLayout(columnTemplate(question), columnTemplate(answer)), why };
}
