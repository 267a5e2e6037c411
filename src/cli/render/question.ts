import type { Question } from '../../contract/run.ts';

/** What a parked run asks, and the commands that answer it, a line each. */
export function questionLines(name: string, { code, message, choices, deadline }: Question): string[] {
  const commands = [
    ...choices.map((choice) => [`tunewright decide ${name} ${choice.name}`, choice.does]),
    [`tunewright cancel ${name} --reason "..."`, 'Ends the run.'],
  ] as const;
  const width = Math.max(...commands.map(([command]) => command.length));
  const until = deadline ? [`An answer is waited for until ${deadline}.`] : [];
  return [`${message} [${code}]`, ...until, ...commands.map(([command, does]) => `${command.padEnd(width)}  ${does}`)];
}

/** `tunewright decide support-k7fm look | create`. */
export function howToAnswer(name: string, { choices }: Question): string {
  return `tunewright decide ${name} ${choices.map((choice) => choice.name).join(' | ')}`;
}
