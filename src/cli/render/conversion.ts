import type { Conversion, ConvertedInput } from '../../datasets/convert/convert.ts';
import { formatCount } from '../../evaluation/format.ts';
import { clean, type Paint } from './text.ts';

/** Of each file how it was read and every problem as `file:line`, then what was made of all. */
export function conversionReport(file: string, conversion: Conversion, paint: Paint): string {
  const { inputs, examples, errors, bytes, kind } = conversion;
  const made = `${formatCount(examples, 'example')}${kind && kind !== 'supervised' ? ` for the method ${kind}` : ''}`;
  const close =
    errors > 0
      ? paint('red', `${clean(file)} was not written: ${formatCount(errors, 'error')}`)
      : paint('green', `${clean(file)}: ${made}, ${formatCount(bytes, 'byte')}`);
  return [...inputs.flatMap((input) => inputLines(input, paint)), close].join('\n');
}

function inputLines(input: ConvertedInput, paint: Paint): string[] {
  const { name, format, layout, problems, examples, leftOut } = input;
  const rows = `${formatCount(examples, 'example')}${leftOut > 0 ? `, ${formatCount(leftOut, 'row')} left out` : ''}`;
  return [
    `${clean(name)}: ${format}${layout ? `; ${clean(layout)}` : ''}; ${rows}`,
    ...problems.map(({ code, severity, line, message }) => {
      const word = severity === 'error' ? paint('red', 'error') : paint('yellow', 'warning');
      return `${clean(line === undefined ? name : `${name}:${line}`)}: ${word}: ${clean(message)} [${code}]`;
    }),
  ];
}
