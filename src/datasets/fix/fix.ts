import { rm } from 'node:fs/promises';
import type { Method } from '../../contract/config.ts';
import { TunewrightError } from '../../contract/errors.ts';
import { type Draft, openDraft } from '../draft.ts';
import { parseJson } from '../reading/json.ts';
import type { Line } from '../reading/lines.ts';
import { type ReadOptions, readLines } from '../reading/source.ts';
import { type Change, mend } from './mend.ts';
import { survives } from './survives.ts';

export interface FixOptions extends ReadOptions {
  method: Method;
  /** Files that are read beside it, and written over no more than it is. */
  others?: readonly string[];
  /** Files that are there already are replaced. */
  force?: boolean | undefined;
}

export interface Fixed {
  /** Lines that were changed. */
  lines: number;
  /** By the code of the problem that is gone. */
  codes: Record<string, number>;
  /** Lines that stayed as they were, though something could be mended: they would not say the same when written again. */
  left: number;
}

/**
 * Writes a copy of a file to `out`, with what can be mended without a choice mended, in bounded memory; and, where anything
 * was, every change to `out` with `.diff` behind it. Lines that need nothing stay as they are, save that a byte order mark,
 * carriage returns at line ends and blank lines are left out. Each file is there whole or not at all, and the changes never
 * without the copy. Throws `invalid_data` for a line that cannot be read, and what reading and writing throw.
 */
export async function fixFile(path: string, out: string, options: FixOptions): Promise<Fixed> {
  const { method, others = [], force, name = path } = options;
  const inputs = [path, ...others].map((path) => ({ path }));
  const mended = await openDraft(out, { inputs, force });
  let diff: Draft | undefined;
  const fixed: Fixed = { lines: 0, codes: {}, left: 0 };
  try {
    diff = await openDraft(`${out}.diff`, { inputs, force });
    for await (const list of readLines(path, options)) {
      let lines = '';
      let told = '';
      for (const found of list) {
        if ('problem' in found) {
          if (found.problem.severity === 'error')
            throw unreadable(name, found.problem.line ?? 1, found.problem.message);
          continue;
        }
        const { text, changes, left } = fixedLine(found.line, method);
        lines += `${text}\n`;
        if (left) fixed.left += 1;
        if (changes.length === 0) continue;
        fixed.lines += 1;
        for (const change of changes) {
          fixed.codes[change.code] = (fixed.codes[change.code] ?? 0) + 1;
          told += blockOf(name, found.line.number, change);
        }
      }
      await mended.write(lines);
      await diff.write(told);
    }
    options.signal?.throwIfAborted();
    await diff.settle();
    await mended.settle();
    // One of another time tells changes that this copy does not have.
    await rm(`${out}.diff`, { force: true });
    await mended.keep();
    if (fixed.lines > 0) await diff.keep();
    return fixed;
  } finally {
    await diff?.discard();
    await mended.discard();
  }
}

function fixedLine({ text: written }: Line, method: Method): { text: string; changes: Change[]; left: boolean } {
  // As in a list.
  const text = written.replace(/(?<=\}\s*),\s*$/, '');
  const comma: Change[] = text === written ? [] : [{ code: 'invalid_json', path: '', before: ',' }];
  const parsed = parseJson(text);
  if (!('value' in parsed)) return { text: written, changes: [], left: false };
  const { value, changes } = mend(parsed.value, method);
  if (changes.length === 0) return { text, changes: comma, left: false };
  return survives(text, parsed.value)
    ? { text: JSON.stringify(value), changes: [...comma, ...changes], left: false }
    : { text, changes: comma, left: true };
}

/** One change, as a person reads it. */
function blockOf(name: string, line: number, { code, path, before, after }: Change): string {
  const added = after === undefined ? '' : `+ ${JSON.stringify(after)}\n`;
  return `@@ ${name}:${line}${path && ` ${path}`} [${code}]\n- ${JSON.stringify(before)}\n${added}`;
}

function unreadable(name: string, line: number, message: string): TunewrightError {
  return new TunewrightError('invalid_data', `${name} cannot be copied: line ${line}: ${message}`, {
    advice: 'Mend this line first.',
  });
}
