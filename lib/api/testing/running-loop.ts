export type RunningLoop = { stop(): Promise<void> };

/** Starts a loop of the worker for a test; `stop` aborts it and waits until it has ended. */
export function runningLoop(loop: (signal: AbortSignal) => Promise<void>): RunningLoop {
  const stopping = new AbortController();
  const done = loop(stopping.signal);
  return {
    stop: async () => {
      stopping.abort();
      await done;
    },
  };
}
