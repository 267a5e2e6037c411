import type { Told } from '../contract/notice.ts';
import { activities } from './activities.ts';

/** Tells what was not taken at once, for an hour. Fails when it is not taken in that time: it is seen then that it was lost. */
export async function tellAgain(notice: Told): Promise<void> {
  await activities.notifyAgain('Tell it again', notice);
}
