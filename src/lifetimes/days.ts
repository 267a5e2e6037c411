const dayMs = 86_400_000;

/** YYYY-MM-DD, UTC. */
export function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}

export function addDays(day: string, days: number): string {
  return dayOf(new Date(Date.parse(day) + days * dayMs));
}

/** From one day to another; 0 when that one is not later. */
export function daysUntil(day: string, today: string): number {
  return Math.max(0, Math.round((Date.parse(day) - Date.parse(today)) / dayMs));
}

export function earliest(...days: (string | undefined)[]): string | undefined {
  return days.filter((day) => day !== undefined).toSorted()[0];
}

/** The day before a catalogue's date, from which on something is over. */
export function lastDayBefore(date: string | undefined): string | undefined {
  return date === undefined ? undefined : addDays(date, -1);
}
