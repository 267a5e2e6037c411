import { formatDuration } from '../../evaluation/format.ts';

const dayMs = 86_400_000;

/** A span in days from one day on. */
export function age(ms: number): string {
  return ms >= dayMs ? `${Math.floor(ms / dayMs)} d` : formatDuration(Math.max(0, ms));
}

/** A moment in local time: `14:32` on the day of `now`, else `Tue 24 Nov, 14:32`. */
export function formatTime(moment: Date, now: Date, timeZone?: string): string {
  const zone = timeZone ? { timeZone } : {};
  const time = moment.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', ...zone });
  const day = (date: Date) => date.toLocaleDateString('en-GB', zone);
  if (day(moment) === day(now)) return time;
  const date = moment.toLocaleDateString('en-GB', { weekday: 'short', day: 'numeric', month: 'short', ...zone });
  return `${date.replace(',', '')}, ${time}`;
}

/** Hours as a person says them. */
export function formatHours(hours: number): string {
  return hours < 1 ? 'under 1 h' : `${hours} h`;
}

/** A moment in local time with its date: `2026-11-24 14:32`. */
export function formatDate(iso: string, timeZone?: string): string {
  const zone = timeZone ? { timeZone } : {};
  const moment = new Date(iso);
  const date = moment.toLocaleDateString('sv-SE', zone);
  return `${date} ${moment.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', ...zone })}`;
}
