import type { TenantLimits } from "../snapshot/snapshot.ts";

/**
 * `too_large`: it needs more tokens than one request may take, or than the tenant has a minute, so it will never pass; the
 * others pass later.
 */
export type LimitReason = "concurrency" | "requests_per_minute" | "tokens_per_minute" | "too_large";
/** `retryAfterSeconds` is a whole number of at least 1. */
export type LimitRefusal = { reason: LimitReason; retryAfterSeconds: number };

/** What a request holds of its tenant's limits until it ends. Only the first of the two calls counts. */
export type LimitHold = {
  /** @param tokens what it really took; null = unknown: the estimate stays charged */
  end(tokens: number | null): void;
  /** It reached no node: nothing is charged. */
  undo(): void;
};

/** One tenant's part of one gateway, in full tokens or requests; it fills up continuously within a minute. */
type Bucket = { level: number; at: number };
type TenantBuckets = { requests: Bucket; tokens: Bucket; concurrent: number };

const MINUTE_MS = 60_000;
/** Tenants remembered; full buckets with nothing in flight are forgotten first. */
const TENANTS_MAX = 4096;

/**
 * Per-tenant limits of this gateway: its part of each when several run. Requests and tokens come from buckets that hold a
 * minute's worth; tokens are charged by estimate at entry and settled with the true count at the end.
 */
export class RateLimits {
  readonly #now: () => number;
  readonly #buckets = new Map<string, TenantBuckets>();
  #instances = 1;

  /** @param now milliseconds of any steady clock */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** How many gateways are alive, this one included. */
  setInstances(count: number): void {
    this.#instances = Math.max(1, Math.floor(count));
  }

  /**
   * Charges one request, or says which limit it meets; then nothing is charged.
   * @param tokens estimate: prompt tokens and the most it may produce
   */
  enter(tenantId: string, limits: TenantLimits, tokens: number): LimitHold | LimitRefusal {
    const { maxConcurrent, requestsPerMinute, tokensPerMinute, tokensPerRequest } = limits;
    const buckets = this.#bucketsOf(tenantId, limits);
    for (const most of [tokensPerRequest, tokensPerMinute])
      if (most !== null && tokens > most) return { reason: "too_large", retryAfterSeconds: 60 };
    if (maxConcurrent !== null && buckets.concurrent >= this.#partOf(maxConcurrent))
      return { reason: "concurrency", retryAfterSeconds: 1 };
    const requestsWaitMs = this.#waitMs(buckets.requests, requestsPerMinute, 1);
    if (requestsWaitMs > 0) return refusal("requests_per_minute", requestsWaitMs);
    const tokensWaitMs = this.#waitMs(buckets.tokens, tokensPerMinute, tokens);
    if (tokensWaitMs > 0) return refusal("tokens_per_minute", tokensWaitMs);
    buckets.concurrent += 1;
    buckets.requests.level -= 1;
    buckets.tokens.level -= tokens;
    return new Hold(buckets, tokens);
  }

  /** What `x-ratelimit-*` say after `enter`, in the form of OpenAI's headers; only of the limits there are. */
  headers(tenantId: string, limits: TenantLimits): Record<string, string> {
    const buckets = this.#bucketsOf(tenantId, limits);
    return {
      ...this.#headersOf("requests", buckets.requests, limits.requestsPerMinute),
      ...this.#headersOf("tokens", buckets.tokens, limits.tokensPerMinute),
    };
  }

  #headersOf(what: "requests" | "tokens", bucket: Bucket, limit: number | null): Record<string, string> {
    if (limit === null) return {};
    const part = this.#partOf(limit);
    return {
      [`x-ratelimit-limit-${what}`]: String(part),
      [`x-ratelimit-remaining-${what}`]: String(Math.max(0, Math.floor(bucket.level))),
      [`x-ratelimit-reset-${what}`]: formatReset(((part - bucket.level) / part) * MINUTE_MS),
    };
  }

  /** This gateway's part, at least 1: a limit is never divided away. */
  #partOf(limit: number): number {
    return Math.max(1, Math.floor(limit / this.#instances));
  }

  /** How long until the bucket has so much; one that is larger than this gateway's part waits for a full bucket. */
  #waitMs(bucket: Bucket, limit: number | null, amount: number): number {
    if (limit === null) return 0;
    const part = this.#partOf(limit);
    const missing = Math.min(amount, part) - bucket.level;
    // a bucket that filled up by fractions may lack a last one
    return missing <= 1e-6 ? 0 : (missing / part) * MINUTE_MS;
  }

  #bucketsOf(tenantId: string, limits: TenantLimits): TenantBuckets {
    const now = this.#now();
    let buckets = this.#buckets.get(tenantId);
    if (buckets === undefined) {
      if (this.#buckets.size >= TENANTS_MAX) this.#forgetOne();
      const full = { level: Number.POSITIVE_INFINITY, at: now };
      buckets = { requests: { ...full }, tokens: { ...full }, concurrent: 0 };
      this.#buckets.set(tenantId, buckets);
    }
    this.#fill(buckets.requests, limits.requestsPerMinute, now);
    this.#fill(buckets.tokens, limits.tokensPerMinute, now);
    return buckets;
  }

  #fill(bucket: Bucket, limit: number | null, now: number): void {
    if (limit === null) bucket.level = Number.POSITIVE_INFINITY;
    else {
      const part = this.#partOf(limit);
      bucket.level = Math.min(part, bucket.level + (part * Math.max(0, now - bucket.at)) / MINUTE_MS);
    }
    bucket.at = now;
  }

  /** The tenant seen first among those with nothing in flight and nothing charged within the last minute. */
  #forgetOne(): void {
    const now = this.#now();
    for (const [tenantId, buckets] of this.#buckets)
      if (buckets.concurrent === 0 && now - buckets.requests.at >= MINUTE_MS) {
        this.#buckets.delete(tenantId);
        return;
      }
  }
}

class Hold implements LimitHold {
  readonly #buckets: TenantBuckets;
  readonly #tokens: number;
  #isOver = false;

  constructor(buckets: TenantBuckets, tokens: number) {
    this.#buckets = buckets;
    this.#tokens = tokens;
  }

  end(tokens: number | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#buckets.concurrent -= 1;
    if (tokens !== null) this.#buckets.tokens.level += this.#tokens - tokens;
  }

  undo(): void {
    if (this.#isOver) return;
    this.#buckets.requests.level += 1;
    this.end(0);
  }
}

const refusal = (reason: LimitReason, waitMs: number): LimitRefusal => ({
  reason,
  retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)),
});

/** As OpenAI writes durations: `20ms`, `1s`, `8.64s`, `6m0s`. */
export function formatReset(ms: number): string {
  if (ms <= 0) return "0s";
  if (ms < 1000) return `${Math.ceil(ms)}ms`;
  const minutes = Math.floor(ms / MINUTE_MS);
  // hundredths, rounded up: nobody should come too early
  const seconds = Math.ceil((ms - minutes * MINUTE_MS) / 10) / 100;
  if (seconds >= 60) return `${minutes + 1}m0s`;
  return minutes === 0 ? `${seconds}s` : `${minutes}m${seconds}s`;
}
