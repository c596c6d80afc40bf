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
 * A few threads with one job at a time each. They start when there is work and are kept, since starting one costs tens
 * of milliseconds; idle ones never hold up a process that wants to end.
 */
export class ThreadPool {
  readonly #script: string;
  readonly #size: number;
  readonly #threads = new Set<Thread>();
  readonly #queue: Waiting[] = [];
  readonly #busy = new Int32Array(new SharedArrayBuffer(4));
  #lastId = 0;

  /**
   * @param script absolute path of a module that answers each message `{id, job}` with `{id, result}` or `{id, error:
   * {message, code}}`, and gives up a job on `{cancel: id}` by answering it with an error. In its `workerData` it finds
   * how many threads have a job now (`busy[0]`) and how many cores there are.
   * @param size most threads at once, at least 2, so that background work always leaves one
   */
  constructor(script: string, size: number) {
    this.#script = script;
    this.#size = size;
  }

  /**
   * @returns what the thread answered
   * @throws ThreadJobError for an error of the job itself; AppError `unavailable` when its thread died; the signal's reason
   */
  run(job: unknown, { signal, background = false }: ThreadJobOptions = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      this.#lastId += 1;
      const id = this.#lastId;
      const give = () => {
        this.#cancel(id);
        reject(signal?.reason);
      };
      const settled =
        <T>(settle: (value: T) => void) =>
        (value: T) => {
          signal?.removeEventListener("abort", give);
          settle(value);
        };
      signal?.addEventListener("abort", give, { once: true });
      this.#queue.push({ id, job, isBackground: background, resolve: settled(resolve), reject: settled(reject) });
      this.#next();
    });
  }

  /** Ends the threads; jobs that run fail. For tests and benches. */
  async close(): Promise<void> {
    await Promise.all([...this.#threads].map(({ worker }) => worker.terminate()));
  }

  #next(): void {
    const running = [...this.#threads].flatMap(({ current }) => current ?? []);
    if (running.length >= this.#size) return;
    const mayBackground = running.filter(({ isBackground }) => isBackground).length < this.#size - 1;
    const at = this.#queue.findIndex(({ isBackground }) => !isBackground);
    const [waiting] = at >= 0 ? this.#queue.splice(at, 1) : mayBackground ? this.#queue.splice(0, 1) : [];
    if (waiting === undefined) return;
    const thread = [...this.#threads].find(({ current }) => current === null) ?? this.#start();
    thread.current = waiting;
    thread.worker.ref();
    Atomics.add(this.#busy, 0, 1);
    thread.worker.postMessage({ id: waiting.id, job: waiting.job });
    this.#next();
  }

  #start(): Thread {
    const workerData = { busy: this.#busy, cores: availableParallelism() };
    const thread: Thread = { worker: new Worker(this.#script, { workerData }), current: null };
    thread.worker.unref();
    thread.worker.on("message", (message) => this.#settle(thread, Reply.parse(message)));
    thread.worker.on("error", (error) => this.#lose(thread, errorText(error)));
    thread.worker.on("exit", (status) => this.#lose(thread, `it ended with status ${status}`));
    this.#threads.add(thread);
    return thread;
  }

  #settle(thread: Thread, { id, error, result }: z.output<typeof Reply>): void {
    const waiting = thread.current;
    if (waiting?.id !== id) return;
    this.#release(thread);
    if (error) waiting.reject(new ThreadJobError(error.message, error.code));
    else waiting.resolve(result);
    this.#next();
  }

  /** A thread that died takes its job with it, says so, and makes room for another. */
  #lose(thread: Thread, why: string): void {
    if (!this.#threads.delete(thread)) return;
    const message = `The thread that read the files ended (${why}).`;
    thread.current?.reject(new AppError("unavailable", message, { reason: "thread_ended", fix: "Try again." }));
    this.#release(thread);
    this.#next();
  }

  #release(thread: Thread): void {
    if (thread.current === null) return;
    thread.current = null;
    thread.worker.unref();
    Atomics.sub(this.#busy, 0, 1);
  }

  #cancel(id: number): void {
    const at = this.#queue.findIndex((waiting) => waiting.id === id);
    if (at >= 0) this.#queue.splice(at, 1);
    for (const { worker, current } of this.#threads) if (current?.id === id) worker.postMessage({ cancel: id });
  }
}
