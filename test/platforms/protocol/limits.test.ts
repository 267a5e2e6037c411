import { limitsOf } from '../../../src/platforms/protocol/limits.ts';

function headers(limit: string, remaining: string, reset: string, of = 'requests'): Headers {
  return new Headers({
    [`x-ratelimit-limit-${of}`]: limit,
    [`x-ratelimit-remaining-${of}`]: remaining,
    [`x-ratelimit-reset-${of}`]: reset,
  });
}

describe('limits in the headers of an answer', () => {
  test.each([
    ['12ms', 12],
    ['1s', 1_000],
    ['6m0s', 360_000],
    ['2m59.56s', 179_560],
    ['1h2m3s', 3_723_000],
  ])('are whole again after %s', (reset, ms) => {
    expect(limitsOf(headers('5000', '4999', reset))).toEqual({
      requests: { limit: 5000, remaining: 4999, resetMs: expect.closeTo(ms, 6) },
    });
  });

  test('are of requests and of tokens, each by itself', () => {
    const both = new Headers([...headers('60', '59', '1s'), ...headers('150000', '149984', '6ms', 'tokens')]);
    expect(limitsOf(both)).toEqual({
      requests: { limit: 60, remaining: 59, resetMs: 1_000 },
      tokens: { limit: 150_000, remaining: 149_984, resetMs: 6 },
    });
    expect(limitsOf(headers('150000', '149984', '6ms', 'tokens'))?.requests).toBeUndefined();
  });

  test.each([
    ['-1', '-1', '0s'],
    ['60', '59', 'soon'],
    ['many', '59', '1s'],
    ['', '', ''],
  ])('are not known from limit "%s", remaining "%s", reset "%s"', (limit, remaining, reset) => {
    expect(limitsOf(headers(limit, remaining, reset))).toBeUndefined();
  });

  test('are not known where there are none', () => {
    expect(limitsOf(new Headers())).toBeUndefined();
  });
});
