import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import * as z from "zod";
import { AppError, errorText } from "./errors.ts";

export type ThreadJobOptions = {
  /** The caller went away: its promise ends at once, the thread as soon as it notices. */
  signal?: AbortSignal;
  /** Work nobody waits for: never takes the last thread, and waits behind everything else. */
  background?: boolean;
};

/** A few threads that stay, each with one job at a time; what they run is a plain module, see `createThreadPool`. */
export type ThreadPool = {
  /**
   * @returns what the thread answered
   * @throws ThreadJobError for an error of the job itself; AppError `unavailable` when its thread died; the signal's reason
   */
  run(job: unknown, options?: ThreadJobOptions): Promise<unknown>;
  /** Ends the threads; jobs that run or wait fail. Only for tests and benches: idle threads never hold up an exit. */
  close(): Promise<void>;
};

/** What went wrong inside a job, with the system's short code (ENOENT) where it has one. */
export class ThreadJobError extends Error {
  constructor(
    message: string,
    readonly code: string | null,
  ) {
    super(message);
    this.name = "ThreadJobError";
  }
}

const Reply = z.object({
  id: z.number(),
  result: z.unknown().optional(),
  error: z.object({ message: z.string(), code: z.string().nullable() }).optional(),
});

type Waiting = {
  id: number;
  job: unknown;
  isBackground: boolean;
  resolve(result: unknown): void;
  reject(error: unknown): void;
};
type Thread = { worker: Worker; current: Waiting | null };

/**
 * Threads start when there is work for them and are kept: starting one costs tens of milliseconds.
 * In its `workerData` a thread finds how many of them have a job now (`busy[0]`) and how many cores there are.
 * @param script absolute path of a module that answers each message `{id, job}` with `{id, result}` or `{id, error:
 * {message, code}}`, and gives up a job on `{cancel: id}` by answering it with an error
 * @param size most threads at once, at least 2, so that background work always leaves one
 */
export function createThreadPool(options: { script: string; size: number }): ThreadPool {
  const busy = new Int32Array(new SharedArrayBuffer(4));
  const workerData = { busy, cores: availableParallelism() };
  const threads = new Set<Thread>();
  const queue: Waiting[] = [];
  let lastId = 0;

  function start(): Thread {
    const thread: Thread = { worker: new Worker(options.script, { workerData }), current: null };
    thread.worker.unref();
    thread.worker.on("message", (message) => settle(thread, Reply.parse(message)));
    thread.worker.on("error", (error) => lose(thread, errorText(error)));
    thread.worker.on("exit", (status) => lose(thread, `it ended with status ${status}`));
    threads.add(thread);
    return thread;
  }

  function settle(thread: Thread, reply: z.output<typeof Reply>): void {
    const waiting = thread.current;
    if (waiting?.id !== reply.id) return;
    release(thread);
    if (reply.error) waiting.reject(new ThreadJobError(reply.error.message, reply.error.code));
    else waiting.resolve(reply.result);
    next();
  }

  /** A thread that died takes its job with it, says so, and makes room for another. */
  function lose(thread: Thread, why: string): void {
    if (!threads.delete(thread)) return;
    thread.current?.reject(
      new AppError("unavailable", `The thread that read the files ended (${why}).`, { fix: "Try again." }),
    );
    release(thread);
    next();
  }

  function take(thread: Thread, waiting: Waiting): void {
    thread.current = waiting;
    thread.worker.ref();
    Atomics.add(busy, 0, 1);
  }

  function release(thread: Thread): void {
    if (thread.current === null) return;
    thread.current = null;
    thread.worker.unref();
    Atomics.sub(busy, 0, 1);
  }

  function next(): void {
    const running = [...threads].filter(({ current }) => current !== null);
    if (running.length >= options.size) return;
    const mayBackground = running.filter(({ current }) => current?.isBackground).length < options.size - 1;
    const at = queue.findIndex(({ isBackground }) => !isBackground);
    const [waiting] = at >= 0 ? queue.splice(at, 1) : mayBackground ? queue.splice(0, 1) : [];
    if (waiting === undefined) return;
    const thread = [...threads].find(({ current }) => current === null) ?? start();
    take(thread, waiting);
    thread.worker.postMessage({ id: waiting.id, job: waiting.job });
    next();
  }

  function cancel(id: number): void {
    const at = queue.findIndex((waiting) => waiting.id === id);
    if (at >= 0) queue.splice(at, 1);
    for (const { worker, current } of threads) if (current?.id === id) worker.postMessage({ cancel: id });
  }

  return {
    run(job, { signal, background = false } = {}) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        lastId += 1;
        const id = lastId;
        const give = () => {
          cancel(id);
          reject(signal?.reason);
        };
        const done = () => signal?.removeEventListener("abort", give);
        signal?.addEventListener("abort", give, { once: true });
        queue.push({
          id,
          job,
          isBackground: background,
          resolve(result) {
            done();
            resolve(result);
          },
          reject(error) {
            done();
            reject(error);
          },
        });
        next();
      });
    },
    async close() {
      await Promise.all([...threads].map(({ worker }) => worker.terminate()));
    },
  };
}
