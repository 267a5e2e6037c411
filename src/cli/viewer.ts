import type { RunProgress, TrainingMetrics } from '../contract/run.ts';
import type { Output } from './output.ts';
import { progressBlock } from './render/progress.ts';
import { progressLine } from './render/progress-line.ts';
import { createSeen } from './seen.ts';

/** Shows a run while it changes. */
export interface Viewer {
  show(progress: RunProgress): void;
  close(): void;
}

const redrawMs = 1_000;
const lineMs = 2_000;

/** A block that is drawn anew on a terminal, plain lines elsewhere, JSON lines with `--json`. */
export function createViewer(out: Output, now: () => Date): Viewer {
  if (out.json) return { show: (progress) => out.data({ event: 'progress', progress }), close: () => undefined };
  return out.width === undefined ? lines(out, now) : block(out, now);
}

function block(out: Output, now: () => Date): Viewer {
  let last: RunProgress | undefined;
  let points: TrainingMetrics[] = [];
  const seen = createSeen();
  const draw = () => {
    if (!last || out.width === undefined) return;
    // One column stays free: a terminal wraps a line that fills the last one.
    out.draw(progressBlock(last, { width: out.width - 1, seen: points, now: now(), paint: out.paint }));
  };
  // Elapsed and remaining time go on while nothing else changes.
  const timer = setInterval(draw, redrawMs);
  return {
    show(progress) {
      last = progress;
      points = seen(progress);
      draw();
    },
    close() {
      clearInterval(timer);
      out.keep();
    },
  };
}

function lines(out: Output, now: () => Date): Viewer {
  let shown = '';
  let shownAt = Number.NEGATIVE_INFINITY;
  return {
    show(progress) {
      const { runId, stage, status, earlyStop, live } = progress;
      const turn = [runId, stage, status, earlyStop?.state, live?.trouble].join();
      const time = now().getTime();
      if (turn === shown && time - shownAt < lineMs) return;
      out.say(progressLine(progress, now()));
      shown = turn;
      shownAt = time;
    },
    close: () => undefined,
  };
}
