import type { Settings } from '../../config.ts';
import type { Finding } from './finding.ts';

/** Signatures of webhooks are refused when they are five minutes off. */
const failSeconds = 300;
const warnSeconds = 30;
const limitMs = 5_000;

/** This machine's clock against the `date` header of the first connection that names its address. */
export async function checkClock({ connections }: Settings, now = Date.now): Promise<Finding> {
  const subject = 'clock';
  const address = Object.values(connections)
    .map(({ baseURL }) => baseURL)
    .find((url) => typeof url === 'string' && URL.canParse(url)) as string | undefined;
  if (address === undefined) {
    return { level: 'skip', subject, message: 'not compared: no connection names its address (baseURL)' };
  }
  const { origin } = new URL(address);
  const theirs = await timeAt(address);
  if (theirs === undefined) return { level: 'skip', subject, message: `not compared: ${origin} tells no time` };
  return judged(Math.round((now() - theirs) / 1000), origin);
}

function judged(seconds: number, address: string): Finding {
  const off = Math.abs(seconds);
  const message = `${off} s ${seconds < 0 ? 'behind' : 'ahead of'} ${address}`;
  if (off < warnSeconds) return { level: 'ok', subject: 'clock', message };
  const advice = 'Let the machine set its clock by NTP; webhooks are refused when it is 5 minutes off.';
  return { level: off < failSeconds ? 'warn' : 'fail', subject: 'clock', message, advice };
}

async function timeAt(address: string): Promise<number | undefined> {
  try {
    const { headers } = await fetch(address, { method: 'HEAD', signal: AbortSignal.timeout(limitMs) });
    const time = Date.parse(headers.get('date') ?? '');
    return Number.isNaN(time) ? undefined : time;
  } catch {
    // That it cannot be reached is what the check of the connection says.
    return undefined;
  }
}
