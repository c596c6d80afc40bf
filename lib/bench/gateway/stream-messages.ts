/** What a stream client is asked: so many streams at once of so many events each, from one port. */
export type StreamLoad = {
  port: number;
  streams: number;
  events: number;
  everyMs: number;
  bearers: readonly string[];
};
export type StreamResult = {
  /** Streams that did not bring every event, in order, and their end. */
  failures: number;
  /** The first failure, in words. */
  firstFailure: string | null;
  /** Chunks that held more than one event. */
  merged: number;
  events: number;
  /** From the server's write to the client's read, ms. */
  p50Ms: number;
  p99Ms: number;
};

/** One clock for all processes of a machine, in microseconds. */
export const monotonicMicros = (): number => Number(process.hrtime.bigint() / 1_000n);
