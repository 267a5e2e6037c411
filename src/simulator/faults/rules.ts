/** Which requests a fault strikes. All given fields must match. */
export interface FaultMatch {
  /** Chosen by the platform when absent. */
  id?: string;
  /** HTTP method; any when absent. */
  method?: string;
  /** Path such as `/v1/files/*` (`*` within a segment, `**` across), or a regular expression written `/…/`. */
  path?: string;
  /** The `model` in the JSON body. */
  model?: string;
  /** Headers that the request carries, by name: one caller among several. */
  withHeaders?: Record<string, string>;
  /** How often the fault strikes, default 1; -1 for always. */
  times?: number;
  /** How many matching requests pass first, default 0. */
  skip?: number;
}

/** What goes wrong with one job; given at its creation. */
export interface JobFault {
  /** Extra time in `queued`, ms. */
  queueMs?: number;
  /** The job shows this status for so long after creation. */
  showStatus?: { status: string; forMs: number };
  /** `error` is `{}` while nothing is wrong. */
  emptyError?: boolean;
  /** The training file is found unsafe. */
  unsafeFile?: boolean;
  /** The job fails when training reaches this step (1 and up; the last step if the job has fewer). */
  failAtStep?: { step: number; code: string; message: string; param?: string };
  /** The trained model is blocked by the safety checks after training. */
  safetyBlock?: boolean;
}

/** What goes wrong with one file: it ends in `error`, or is never processed. */
export interface FileFault {
  status: 'error' | 'stuck';
  details?: string;
}

/** What goes wrong with one batch; given at its creation. */
export interface BatchFault {
  /** It is refused when its input is looked at, as for more tokens than may wait at once. */
  fail?: { code: string; message: string };
  /** Every so many-th request is answered with an error. */
  errorEvery?: number;
  /** Nothing is answered: it expires after its day. */
  stuck?: boolean;
}

/** What a fault does. */
export type FaultEffect =
  /** Answers this instead; nothing takes effect. */
  | {
      kind: 'status';
      status: number;
      /** JSON body. */
      body?: unknown;
      /** Body as text, such as an HTML page; wins over `body`. */
      rawBody?: string;
      contentType?: string;
      headers?: Record<string, string>;
    }
  /** Resets the connection; nothing takes effect. */
  | { kind: 'drop-before' }
  /** Takes effect, then resets the connection: the answer is lost. */
  | { kind: 'drop-after' }
  | { kind: 'delay'; ms: number; when?: 'before' | 'after' }
  /** Takes effect, but the JSON answer is cut in half. */
  | { kind: 'truncate' }
  /** Takes effect twice, as when a proxy replays the request; the second answer is given. */
  | { kind: 'duplicate' }
  | { kind: 'job'; job: JobFault }
  | { kind: 'file'; file: FileFault }
  | { kind: 'batch'; batch: BatchFault };

/** One fault: what it strikes and what it does. */
export type FaultRule = FaultMatch & FaultEffect;

/** A rule in force and what became of it. */
export type ActiveFault = FaultRule & {
  id: string;
  /** Matching requests so far. */
  seen: number;
  /** How often it struck. */
  struck: number;
};

/** What a rule is matched against. */
export interface FaultTarget {
  method: string;
  path: string;
  headers: Headers;
  model: string | undefined;
}

/** Whether a rule matches a request, its counts aside. */
export function matches(rule: FaultRule, target: FaultTarget): boolean {
  if (rule.kind === 'job' && !(target.method === 'POST' && target.path === '/v1/fine_tuning/jobs')) return false;
  if (rule.kind === 'batch' && !(target.method === 'POST' && target.path === '/v1/batches')) return false;
  if (
    rule.kind === 'file' &&
    !(target.method === 'POST' && /^\/v1\/(files|uploads\/[^/]+\/complete)$/.test(target.path))
  ) {
    return false;
  }
  if (rule.method && rule.method.toUpperCase() !== target.method) return false;
  if (rule.model && rule.model !== target.model) return false;
  const headers = Object.entries(rule.withHeaders ?? {});
  if (headers.some(([name, value]) => target.headers.get(name) !== value)) return false;
  return !rule.path || pathPattern(rule.path).test(target.path);
}

/** The pattern of a path glob or of a regular expression written `/…/`. Throws a SyntaxError for a bad one. */
export function pathPattern(path: string): RegExp {
  if (path.length > 2 && path.startsWith('/') && path.endsWith('/')) return new RegExp(path.slice(1, -1));
  const escaped = path.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/\*\*|\*/g, (stars) => (stars === '**' ? '.*' : '[^/]*'))}$`);
}
