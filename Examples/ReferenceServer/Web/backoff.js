/**
 * How long to wait before the next try, in milliseconds: exponential with full jitter.
 *
 * When a server restarts, everybody is cut off in the same moment. Chance spreads their return over the whole interval.
 */
export function backoff(attempt, random, { base = 500, cap = 30_000 } = {}) {
  return random() * Math.min(cap, base * 2 ** attempt);
}
