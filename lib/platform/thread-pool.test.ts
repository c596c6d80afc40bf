import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { ThreadPool } from "./thread-pool.ts";

/** Answers what it is told to: a value, an error, its own end, or nothing until the job is cancelled. */
const SCRIPT = `
import { parentPort, threadId } from "node:worker_threads";
let waiting = null;
parentPort.on("message", ({ id, job, cancel }) => {
  if (cancel !== undefined) return cancel === waiting && parentPort.postMessage({ id: cancel, error: { message: "cancelled", code: null } });
  if (job === "fail") return parentPort.postMessage({ id, error: { message: "no such file", code: "ENOENT" } });
  if (job === "die") process.exit(7);
  if (job === "throw") throw new Error("out of memory");
  if (job === "wait") waiting = id;
  else parentPort.postMessage({ id, result: { job, threadId } });
});`;

let folder: string;
let pool: ThreadPool;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "switchyard-threads-"));
  await writeFile(join(folder, "worker.mjs"), SCRIPT);
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => pool.close());
const open = (size = 2) => {
  pool = new ThreadPool(join(folder, "worker.mjs"), size);
  return pool;
};

it("keeps its threads and gives each job's answer to who asked for it", async () => {
  open();
  const answers = await Promise.all([1, 2, 3, 4, 5, 6].map((job) => pool.run(job)));
  expect(answers.map((answer) => (answer as { job: number }).job)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(new Set(answers.map((answer) => (answer as { threadId: number }).threadId)).size).toBeLessThanOrEqual(2);
});

it("passes a job's own error on, with its code, and goes on", async () => {
  open();
  await expect(pool.run("fail")).rejects.toMatchObject({
    name: "ThreadJobError",
    message: "no such file",
    code: "ENOENT",
  });
  expect(await pool.run("next")).toMatchObject({ job: "next" });
});

it.each([
  ["ends", "die", /status 7/],
  ["throws", "throw", /out of memory/],
])("a thread that %s takes only its own job with it, and another takes its place", async (_how, job, why) => {
  open();
  const jobs = await Promise.allSettled([pool.run(job), pool.run("a"), pool.run("b"), pool.run("c")]);
  expect(jobs.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "fulfilled", "fulfilled"]);
  expect(jobs[0]).toMatchObject({ reason: { code: "unavailable", message: expect.stringMatching(why) } });
});

it("ends a job whose caller goes, and its thread is free again", async () => {
  open();
  const caller = new AbortController();
  const jobs = [pool.run("wait", { signal: caller.signal }), pool.run("wait", { signal: caller.signal })];
  const queued = pool.run("queued", { signal: caller.signal });
  const after = pool.run("after");
  caller.abort(new Error("gone"));
  for (const job of [...jobs, queued]) await expect(job).rejects.toThrow("gone");
  expect(await after).toMatchObject({ job: "after" });
  await expect(pool.run("late", { signal: caller.signal })).rejects.toThrow("gone");
});

it("leaves a thread for those who wait, however much background work there is", async () => {
  open();
  const caller = new AbortController();
  const background = [1, 2, 3].map(() => pool.run("wait", { background: true, signal: caller.signal }));
  expect(await pool.run("urgent")).toMatchObject({ job: "urgent" });
  caller.abort(new Error("shutdown"));
  for (const job of background) await expect(job).rejects.toThrow("shutdown");
});
