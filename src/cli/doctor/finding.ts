import { TunewrightError } from '../../contract/errors.ts';

/** What one check found. `skip`: there was nothing to check, and it says why. */
export interface Finding {
  level: 'ok' | 'warn' | 'fail' | 'skip';
  /** What was checked. */
  subject: string;
  message: string;
  /** How to mend it. */
  advice?: string;
}

/** A failure as a finding. */
export function failed(subject: string, error: unknown): Finding {
  const message = error instanceof Error ? error.message : String(error);
  return { level: 'fail', subject, message, ...(error instanceof TunewrightError ? { advice: error.advice } : {}) };
}
