/** What the process tells its caller. */
export const exitCodes = {
  done: 0,
  /** Failed, or what was checked is not valid. */
  failed: 1,
  /** The command line itself is wrong. */
  usage: 2,
  /** What was looked for was found, and wants somebody: for a monitor. */
  due: 3,
  /** SIGINT, by the shells' rule of 128 and the signal's number. */
  interrupted: 130,
  terminated: 143,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The code of a command that was broken off by the signal with which `interrupts()` was aborted. */
export function exitCodeOf(interrupt: AbortSignal): ExitCode {
  return interrupt.reason === 'SIGTERM' ? exitCodes.terminated : exitCodes.interrupted;
}
