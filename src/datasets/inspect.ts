import { type ExamineOptions, examiner } from './examine.ts';
import { type ReadOptions, readLines } from './source.ts';
import { type Inspection, type TallyOptions, tally } from './tally.ts';

export type InspectOptions = ReadOptions & ExamineOptions & TallyOptions;

/**
 * Reads a data set and tells everything that is wrong with it, and its size, in bounded memory whatever the file.
 * Throws `source_missing`, `source_unreadable`, and `invalid_data` for an empty file.
 */
export async function inspectDataset(path: string, options: InspectOptions = {}): Promise<Inspection> {
  const { examine, part } = examiner(options);
  const all = tally(options);
  for await (const list of readLines(path, options)) {
    for (const found of list) all.add(examine(found));
  }
  all.addPart(part());
  return all.result();
}
