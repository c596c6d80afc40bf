import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Actor } from "#lib/identity/actor.ts";
import { systemWrite } from "#lib/identity/ctx.ts";
import { testCount } from "#lib/platform/nightly.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { cancelJob } from "./change-job.ts";
import { runJobsOnce } from "./run-jobs.ts";
import { createJobWorld, type JobWorld, markHandler } from "./testing/job-world.ts";
import { timeLeft } from "./view-job.ts";

let world: JobWorld;
beforeAll(async () => {
  world = await createJobWorld();
});
afterAll(() => world.close());

const cancel = (jobId: string) => world.api.admin.call("POST /jobs/{jobId}/cancel", { params: { jobId } });
const retry = (jobId: string) => world.api.admin.call("POST /jobs/{jobId}/retry", { params: { jobId } });
const states = async (jobId: string) => (await world.items(jobId)).map(({ state }) => state);
const refuse = (key: string) =>
  markHandler(async (item) => (item.key === key ? { state: "failed", message: "No.", fix: "Wait." } : undefined));

describe("cancelling", () => {
  it("ends a job that nobody has begun at once, without a worker", async () => {
    const { id } = await world.start(2);
    expect(await cancel(id)).toMatchObject({ state: "cancelled", counts: { skipped: 2 } });
    await expect(cancel(id)).rejects.toMatchObject({ problem: { status: 409 } });
    await runJobsOnce(world.api.deps, [markHandler()]);
    expect(await world.marks(id)).toEqual([]);
  });

  it("finishes the item in work and skips the rest", async () => {
    const { id } = await world.start(3);
    const handler = markHandler(async ({ key }, job, deps) => {
      if (key === "0") {
        const stopping = await systemWrite(deps, "test", (ctx) => cancelJob(ctx, job.id));
        expect(stopping).toMatchObject({ state: "running", counts: { running: 1, skipped: 2 } });
      }
      return undefined;
    });
    await runJobsOnce(world.api.deps, [handler]);
    expect(await world.job(id)).toMatchObject({ state: "cancelled" });
    expect(await states(id)).toEqual(["succeeded", "skipped", "skipped"]);
  });
});

describe("trying again", () => {
  it("does the failed items only, in the name of whoever asks", async () => {
    const { id } = await world.start(3);
    await runJobsOnce(world.api.deps, [refuse("1")]);
    expect(await world.job(id)).toMatchObject({ state: "completed", counts: { failed: 1, succeeded: 2 } });
    expect(await retry(id)).toMatchObject({
      state: "queued",
      counts: { pending: 1, failed: 0 },
      startedBy: "key ADMIN_API_KEY",
    });
    await expect(retry(id)).rejects.toMatchObject({ problem: { status: 409 } });
    await runJobsOnce(world.api.deps, [markHandler()]);
    expect(await world.marks(id)).toEqual([
      { key: "0", actor: "test" },
      { key: "2", actor: "test" },
      { key: "1", actor: "key ADMIN_API_KEY" },
    ]);
    await expect(retry(id)).rejects.toMatchObject({ problem: { status: 409 } });
    expect(await world.items(id)).toMatchObject([{}, { state: "succeeded", message: "Marked 1.", fix: null }, {}]);
  });
});

describe("rights that are lost meanwhile", () => {
  const addUser = async (email: string): Promise<Actor & { kind: "user" }> => {
    const { id, name } = await world.api.admin.call("POST /users", {
      body: { email, name: email, password: "a password of length", staffRole: "platform_admin" },
    });
    return { kind: "user", userId: id, sessionId: "", email, name, staffRole: "platform_admin", memberships: [] };
  };
  const change = (userId: string, data: { disabledAt: Date } | { staffRole: "auditor" }) =>
    world.api.deps.db.write(platformScope, ({ client }) => client.user.update({ where: { id: userId }, data }));

  it("end the job of a person who was disabled; somebody else can go on with it", async () => {
    const user = await addUser("leaver@example.com");
    const { id } = await world.start(3, user);
    const handler = markHandler(async ({ key }) => {
      if (key === "1") await change(user.userId, { disabledAt: new Date() });
      return undefined;
    });
    await runJobsOnce(world.api.deps, [handler]);
    const reason = "leaver@example.com is disabled.";
    expect(await world.job(id)).toMatchObject({ state: "failed", message: reason });
    expect(await world.items(id)).toMatchObject([
      { state: "succeeded" },
      { state: "failed", message: reason },
      { state: "failed", message: reason, attempts: 0 },
    ]);
    await retry(id);
    await runJobsOnce(world.api.deps, [markHandler()]);
    expect(await world.job(id)).toMatchObject({ state: "completed", message: null, counts: { succeeded: 3 } });
    expect((await world.marks(id)).map(({ actor }) => actor)).toEqual([
      "leaver@example.com",
      "key ADMIN_API_KEY",
      "key ADMIN_API_KEY",
    ]);
  });

  it("end the job of a person with a lower role, and of a revoked key", async () => {
    const user = await addUser("mover@example.com");
    const demoted = await world.start(1, user);
    await change(user.userId, { staffRole: "auditor" });
    const { id: keyId, name } = await world.api.admin.call("POST /keys", {
      body: { name: "ci", scopes: ["platform:admin"] },
    });
    const ofKey = await world.start(1, { kind: "key", keyId, name, tenantId: null, scopes: ["platform:admin"] });
    await world.api.admin.call("POST /keys/{keyId}/revoke", { params: { keyId } });
    await runJobsOnce(world.api.deps, [markHandler()]);
    expect(await world.job(demoted.id)).toMatchObject({
      state: "failed",
      message: "mover@example.com no longer has permission (version.write).",
    });
    expect(await world.job(ofKey.id)).toMatchObject({ state: "failed", message: "The key ci was revoked." });
    expect(await world.marks(demoted.id)).toEqual([]);
  });
});

describe("what a list of jobs shows", () => {
  it("is narrowed by state and kind, and its items by state, page by page", async () => {
    const { id } = await world.start(5);
    await runJobsOnce(world.api.deps, [refuse("3")]);
    const waiting = await world.start(1);
    const { admin } = world.api;
    const queued = await admin.call("GET /jobs", { query: { state: "queued", kind: "mark" } });
    expect(queued.items.map((job) => job.id)).toEqual([waiting.id]);
    expect((await admin.call("GET /jobs", { query: { kind: "other" } })).items).toEqual([]);
    const failed = await admin.call("GET /jobs/{jobId}/items", { params: { jobId: id }, query: { state: "failed" } });
    expect(failed.items).toMatchObject([{ key: "3", fix: "Wait." }]);
    const first = await admin.call("GET /jobs/{jobId}/items", { params: { jobId: id }, query: { limit: 2 } });
    const rest = await admin.call("GET /jobs/{jobId}/items", {
      params: { jobId: id },
      query: { limit: 3, cursor: first.nextCursor ?? "" },
    });
    expect([...first.items, ...rest.items].map(({ key }) => key)).toEqual(["0", "1", "2", "3", "4"]);
    expect(rest.nextCursor).toBeNull();
    await runJobsOnce(world.api.deps, [markHandler()]);
  });

  it("waits with a reason for a worker that knows its kind", async () => {
    const { id } = await world.startAs(
      { kind: "system", name: "test" },
      { kind: "later", title: "L", items: [{ key: "a", label: "A" }] },
    );
    await runJobsOnce(world.api.deps, [markHandler()]);
    expect(await world.job(id)).toMatchObject({ state: "queued", message: expect.stringContaining("kind later") });
    await runJobsOnce(world.api.deps, [{ ...markHandler(), kind: "later" }]);
    expect(await world.job(id)).toMatchObject({ state: "completed", message: null });
  });

  it("is done with thousands of items, each once", async () => {
    const count = testCount(1_200, 5_000); // more than one insert takes
    const { id } = await world.start(count);
    let most = 0;
    let now = 0;
    const handler = markHandler(async ({ key }) => {
      now += 1;
      most = Math.max(most, now);
      await Promise.resolve();
      now -= 1;
      return { state: "succeeded", message: key };
    }, 4);
    await runJobsOnce(world.api.deps, [handler]);
    expect(await world.job(id)).toMatchObject({ state: "completed", counts: { succeeded: count } });
    expect(most).toBeLessThanOrEqual(4);
  }, 240_000);
});

describe("the time left", () => {
  const job = (counts: { pending: number; succeeded: number }, endedSinceStart: number) => ({
    state: "running" as const,
    total: 100,
    counts: { running: 0, failed: 0, skipped: 0, ...counts },
    startedAt: new Date(0),
    endedSinceStart,
  });

  it("is told from a tenth on, at the pace since the job was begun", () => {
    expect(timeLeft(job({ pending: 91, succeeded: 9 }, 9), new Date(9_000))).toBeNull();
    expect(timeLeft(job({ pending: 90, succeeded: 10 }, 10), new Date(10_000))).toMatchObject({
      value: 90,
      source: "inferred",
    });
    // tried again: what succeeded before says nothing about the pace
    expect(timeLeft(job({ pending: 4, succeeded: 96 }, 0), new Date(10_000))).toBeNull();
    expect(timeLeft(job({ pending: 0, succeeded: 100 }, 100), new Date(10_000))).toBeNull();
  });
});
