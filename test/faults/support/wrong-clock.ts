/** Preloaded by a worker whose clock is wrong. */
import { shiftClock } from './clock.ts';

shiftClock(process.env.TUNEWRIGHT_HOME ?? '');
