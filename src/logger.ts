import { DefaultLogger, type LogLevel, Runtime } from '@temporalio/worker';
import { type Logger, pino } from 'pino';
import { TunewrightError } from './contract/errors.ts';

/** Where keys could slip into a log line: never printed. */
const secrets = ['apiKey', '*.apiKey', 'authorization', '*.authorization', '*.headers'];

/** What went wrong, which JSON leaves out of an error; and where, of one that has no name. Temporal's SDK calls it `error`. */
function serialize(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { message, stack } = error;
  const named = error instanceof TunewrightError ? error.code : (error as { type?: string | null }).type;
  const type = named ?? 'internal';
  return { ...error, type, message, ...(type === 'internal' ? { stack } : {}) };
}

/** JSON lines on stderr: stdout belongs to a command's own answer. */
export function createLogger(level: string): Logger {
  return pino(
    { level, redact: secrets, base: null, serializers: { error: serialize } },
    pino.destination({ fd: 2, sync: true }),
  );
}

const levels: Record<LogLevel, 'trace' | 'debug' | 'info' | 'warn' | 'error'> = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
};

/**
 * Lets Temporal's SDK log through ours, and leaves signals to the process: the SDK would forget one that comes before
 * the worker runs. Once a process, before the first worker.
 */
export function installRuntime(logger: Logger): void {
  Runtime.install({
    shutdownSignals: [],
    logger: new DefaultLogger('DEBUG', ({ level, message, meta }) => logger[levels[level]](meta ?? {}, message)),
    telemetryOptions: { logging: { forward: {}, filter: 'temporalio_sdk_core=WARN' } },
  });
}
