import type { FaultMatch, FaultRule } from './rules.ts';

/** A common fault by name; match fields such as `path` and `times` change where and how often it strikes. */
export type PresetRule = FaultMatch & { preset: string };

const JOBS: FaultMatch = { method: 'POST', path: '/v1/fine_tuning/jobs' };
const CHAT: FaultMatch = { method: 'POST', path: '/v1/chat/completions' };

function status(code: number, error: object, headers: Record<string, string> = {}): FaultRule {
  return { kind: 'status', status: code, body: { error: { param: null, ...error } }, headers };
}

const PRESETS: Record<string, FaultRule> = {
  rate_limited: {
    ...status(
      429,
      {
        message: 'Rate limit reached for requests. Please try again in 1s.',
        type: 'requests',
        code: 'rate_limit_exceeded',
      },
      { 'retry-after': '1' },
    ),
  },
  rate_limited_an_hour: {
    ...status(
      429,
      {
        message: 'Rate limit reached for requests. Please try again in 1h.',
        type: 'requests',
        code: 'rate_limit_exceeded',
      },
      { 'retry-after': '3600' },
    ),
  },
  rate_limited_no_hint: status(429, {
    message: 'Rate limit reached for requests.',
    type: 'requests',
    code: 'rate_limit_exceeded',
  }),
  daily_rate_limit_exceeded: {
    ...status(429, {
      message:
        'Your organization has reached the maximum of 8 fine-tuning requests per day for the model. Please try again later.',
      type: 'invalid_request_error',
      code: 'daily_rate_limit_exceeded',
    }),
    ...JOBS,
  },
  insufficient_quota: status(429, {
    message: 'You exceeded your current quota, please check your plan and billing details.',
    type: 'insufficient_quota',
    code: 'insufficient_quota',
  }),
  training_not_available: {
    ...status(403, {
      message: 'OpenAI is winding down the fine-tuning platform. Your organization cannot create new fine-tuning jobs.',
      type: 'invalid_request_error',
      code: 'training_not_available',
    }),
    ...JOBS,
  },
  server_error: status(500, {
    message: 'The server had an error while processing your request. Sorry about that!',
    type: 'server_error',
    code: null,
  }),
  slow_down: status(503, { message: 'Slow down.', type: 'service_unavailable', code: 'slow_down' }),
  server_is_overloaded: status(503, {
    message: 'The server is overloaded. Please try again later.',
    type: 'service_unavailable',
    code: 'server_is_overloaded',
  }),
  html_error_page: {
    kind: 'status',
    status: 502,
    rawBody: '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>',
    contentType: 'text/html',
  },
  malformed_json: { kind: 'status', status: 200, rawBody: '{"id": "oops', contentType: 'application/json' },
  model_not_found: {
    ...status(404, {
      message: 'The model does not exist or you do not have access to it.',
      type: 'invalid_request_error',
      code: 'model_not_found',
    }),
    ...CHAT,
  },
  unsafe_file: { kind: 'job', job: { unsafeFile: true } },
  safety_block: { kind: 'job', job: { safetyBlock: true } },
  empty_error: { kind: 'job', job: { emptyError: true } },
  unknown_status: { kind: 'job', job: { showStatus: { status: 'preparing', forMs: 60_000 } } },
  stuck_in_queue: { kind: 'job', job: { queueMs: 3_600_000 } },
  job_fails: {
    kind: 'job',
    job: { failAtStep: { step: 1, code: 'server_error', message: 'The job failed due to an internal error.' } },
  },
  file_error: { kind: 'file', file: { status: 'error', details: 'The file could not be processed.' } },
  batch_token_limit: {
    kind: 'batch',
    batch: {
      fail: {
        code: 'token_limit_exceeded',
        message: 'Enqueued token limit reached. Please try again once some in_progress batches have been completed.',
      },
    },
  },
  batch_errors: { kind: 'batch', batch: { errorEvery: 3 } },
  batch_stuck: { kind: 'batch', batch: { stuck: true } },
  file_stuck: { kind: 'file', file: { status: 'stuck' } },
};

/** The rule of a preset, or the rule itself. Throws a RangeError for an unknown name. */
export function expandPreset(rule: FaultRule | PresetRule): FaultRule {
  if (!('preset' in rule)) return rule;
  const { preset, ...match } = rule;
  const known = PRESETS[preset];
  if (!known) throw new RangeError(`Unknown fault preset "${preset}". Known: ${Object.keys(PRESETS).join(', ')}.`);
  return { ...known, ...match };
}
