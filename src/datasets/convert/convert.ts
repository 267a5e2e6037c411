import { TunewrightError } from '../../contract/errors.ts';
import { type Draft, openDraft } from '../draft.ts';
import { type Problem, type ProblemCounts, problemLog } from '../problem.ts';
import { isBlank } from '../reading/blank.ts';
import { type Choice, checkMapping, chooseLayout, type Mapping } from './choose.ts';
import { leftOut, RowFault } from './fault.ts';
import type { Converted, Layout } from './layout.ts';
import { openRows } from './open.ts';
import type { Row } from './row.ts';

const maxProblems = 20;

export interface ConvertOptions extends Mapping {
  /** The sheet of each spreadsheet; its first when absent. */
  sheet?: string | undefined;
  /** A file that is there already is replaced. */
  force?: boolean | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((name: string, bytesDone: number, bytesTotal: number) => void) | undefined;
}

/** A file that a person named, and as what. */
export interface Input {
  path: string;
  name: string;
}

/** What was made of one file; at most 20 problems are named. */
export interface ConvertedInput extends ProblemCounts {
  name: string;
  format: string;
  /** Which layout was taken, and why; absent where no row could be read. */
  layout?: string;
  examples: number;
  /** Rows of which no example came. */
  leftOut: number;
}

export interface Conversion {
  inputs: ConvertedInput[];
  kind: Layout['kind'] | undefined;
  examples: number;
  errors: number;
  /** Of the file that was made; 0 where there were errors and none was. */
  bytes: number;
}

/**
 * Converts files to one of JSON lines in OpenAI's chat format, in order, in bounded memory. The file is written beside
 * `out` and moved there at the end, only when no row has an error. Throws `invalid_config` for a mapping that means
 * nothing, `invalid_data` where columns are missing, files differ in kind or no example comes of them, and what reading and
 * writing throw.
 */
export async function convertFiles(
  inputs: readonly Input[],
  out: string,
  options: ConvertOptions = {},
): Promise<Conversion> {
  checkMapping(options);
  const draft = await openDraft(out, { inputs, force: options.force });
  try {
    const converted: ConvertedInput[] = [];
    const kinds = new Set<Layout['kind']>();
    for (const input of inputs) {
      const { layout, ...one } = await convertInput(input, draft, options);
      converted.push(layout ? { ...one, layout: layout.why } : one);
      if (layout) kinds.add(layout.layout.kind);
      if (kinds.size > 1) throw mixed(input.name);
    }
    const [kind] = kinds;
    const examples = converted.reduce((sum, one) => sum + one.examples, 0);
    const errors = converted.reduce((sum, one) => sum + one.errors, 0);
    if (errors > 0) return { inputs: converted, kind, examples, errors, bytes: 0 };
    if (examples === 0) throw noExample(converted.flatMap(({ problems }) => problems));
    options.signal?.throwIfAborted();
    return { inputs: converted, kind, examples, errors, bytes: await draft.keep() };
  } finally {
    await draft.discard();
  }
}

async function convertInput({ path, name }: Input, draft: Draft, options: ConvertOptions) {
  const { sheet, signal, onProgress, system } = options;
  const log = problemLog(maxProblems);
  let choice: Choice | undefined;
  let examples = 0;
  let left = 0;
  const { format, rows, close } = await openRows(path, name, {
    sheet,
    signal,
    onProgress: (done, total) => onProgress?.(name, done, total),
  });
  try {
    for await (const batch of rows) {
      let lines = '';
      for (const one of batch) {
        if ('problem' in one) {
          log.add(one.problem);
          continue;
        }
        const { line, value } = one.row;
        choice ??= chooseLayout(options, Object.keys(value), name);
        const converted = convertRow(one.row, choice.layout, system);
        if ('finding' in converted) {
          if (converted.finding.severity === 'warning') left += 1;
          log.add({ ...converted.finding, line });
          continue;
        }
        if (converted.warning) log.add({ ...converted.warning, line });
        lines += `${JSON.stringify(converted.example)}\n`;
        examples += 1;
      }
      await draft.write(lines);
    }
    return { name, format, layout: choice, examples, leftOut: left, ...log.result() };
  } finally {
    await close();
  }
}

function convertRow({ value }: Row, layout: Layout, system: string | undefined): Converted | RowFault {
  try {
    return layout.convert(value, system);
  } catch (fault) {
    if (!(fault instanceof RowFault)) throw fault;
    const blank = Object.values(value).every((one) => one === null || (typeof one === 'string' && isBlank(one)));
    return blank && fault.finding.severity === 'warning' ? leftOut('empty_row', 'Nothing stands in it.') : fault;
  }
}

function mixed(name: string): TunewrightError {
  return new TunewrightError('invalid_data', `${name} holds pairs of answers and another file single ones.`, {
    advice: 'Convert them to two files: each is for another method of training.',
  });
}

function noExample([first]: readonly Problem[]): TunewrightError {
  if (!first) {
    return new TunewrightError('invalid_data', 'There is no row.', { advice: 'Give a file that holds some.' });
  }
  return new TunewrightError('invalid_data', `No row makes an example. Line ${first.line}: ${first.message}`, {
    advice: 'Check that the columns meant for questions and answers hold text.',
  });
}
