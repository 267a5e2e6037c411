import type { Settings } from '../../config.ts';
import { type Finding, failed } from './finding.ts';

/** Opens the records, which brings their schema up to date, and reads the models. */
export async function checkRecords({ records: location }: Settings): Promise<Finding> {
  const subject = 'records';
  const { openRecords } = await import('../../records/index.ts');
  try {
    const records = await openRecords(location);
    const models = await records.listModels();
    await records.close();
    // A URL may hold a password.
    const place = URL.canParse(location) ? `PostgreSQL at ${new URL(location).host}` : location;
    return { level: 'ok', subject, message: `${place}, registered models: ${models.length}` };
  } catch (error) {
    return failed(subject, error);
  }
}
