import { type ErrorCode, TunewrightError } from '../contract/errors.ts';
import { cleanLines } from './render/text.ts';

/** A failure as it is shown. */
export interface Failure {
  code: ErrorCode;
  message: string;
  advice: string;
  /** Only of what has no name here, and only when it was asked for. */
  stack?: string;
}

/** What to show of anything that was thrown; `TUNEWRIGHT_LOG_LEVEL=debug` adds where an unknown error came from. */
export function failureOf(error: unknown, env: NodeJS.ProcessEnv): Failure {
  if (error instanceof TunewrightError) {
    return { code: error.code, message: cleanLines(error.message), advice: cleanLines(error.advice) };
  }
  const message = cleanLines(error instanceof Error && error.message ? error.message : String(error));
  if (error instanceof Error && error.stack && /^(debug|trace)$/i.test(env.TUNEWRIGHT_LOG_LEVEL ?? '')) {
    return { code: 'internal', message, advice: 'Where it came from stands below.', stack: error.stack };
  }
  return {
    code: 'internal',
    message,
    advice: 'Run it again with TUNEWRIGHT_LOG_LEVEL=debug to see where it came from.',
  };
}
