import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { effectsToDieAt, mortalDeps } from "#lib/fleet/testing/mortal-deps.ts";
import { manualClock } from "#lib/platform/clock.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { writeAs } from "./act-as.ts";
import type { RunningJob } from "./job-handler.ts";
import { runJobsOnce } from "./run-jobs.ts";
import { createJobWorld, type JobWorld, markHandler } from "./testing/job-world.ts";

let world: JobWorld;
beforeAll(async () => {
  world = await createJobWorld();
});
afterAll(() => world.close());

const ITEMS = 2;
const keys = async (jobId: string) => (await world.marks(jobId)).map(({ key }) => key);

/** Lets the lease of a dead worker run out. */
const expireLease = () =>
  world.api.deps.db.write(platformScope, ({ client }) =>
    client.lease.updateMany({ where: { name: "jobs" }, data: { expiresAt: new Date(0) } }),
  );

describe("a worker that is killed", () => {
  it.each(["before", "after"] as const)(
    "%s any of its steps leaves nothing undone",
    async (moment) => {
      const whole = mortalDeps(world.api.deps, Number.MAX_SAFE_INTEGER, "before");
      await world.start(ITEMS);
      await runJobsOnce(whole, [markHandler()]);
      expect(whole.effects()).toBeGreaterThan(2 * ITEMS);
      for (const n of effectsToDieAt(moment, whole.effects())) {
        const { id } = await world.start(ITEMS);
        const worker = mortalDeps(world.api.deps, n, moment);
        await runJobsOnce(worker, [markHandler()], { holder: "mortal" }).catch(() => {}); // killed, whatever it said
        expect(worker.isDead()).toBe(true);
        await expireLease();
        await runJobsOnce(world.api.deps, [markHandler()], { holder: "heir" });
        expect(await world.job(id)).toMatchObject({ state: "completed", counts: { succeeded: ITEMS } });
        // an item is done again only where its worker died between the effect and the outcome
        const done = await keys(id);
        expect(new Set(done)).toEqual(new Set(["0", "1"]));
        expect(done.length).toBeLessThanOrEqual(ITEMS + 1);
      }
    },
    120_000,
  );

  it("three times by one item costs that item alone", async () => {
    const { id } = await world.start(6);
    const poison = (deps: { isDead(): boolean }) =>
      markHandler(async ({ key }) => {
        if (key !== "2") return undefined;
        expect(deps.isDead()).toBe(false);
        throw new Error("killed with the process");
      }, 4);
    for (let death = 1; death <= 3; death += 1) {
      // the process is gone as soon as the poison is touched: nothing is settled any more
      const worker = { ...world.api.deps, dead: false };
      const deps = {
        ...worker,
        isDead: () => worker.dead,
        db: {
          ...worker.db,
          write: ((scope, change) =>
            worker.dead
              ? Promise.reject(new Error("dead"))
              : world.api.deps.db.write(scope, change)) as typeof worker.db.write,
        },
      };
      const handler = poison(deps);
      const dying = {
        ...handler,
        runItem: (async (...call) => {
          if (call[2].key === "2") worker.dead = true;
          return handler.runItem(...call);
        }) as typeof handler.runItem,
      };
      await runJobsOnce(deps, [dying], { holder: `mortal ${death}` }).catch(() => {}); // killed
      await expireLease();
    }
    await runJobsOnce(world.api.deps, [markHandler()], { holder: "heir" });
    const [poisoned, ...others] = (await world.items(id)).sort((a, b) => Number(b.key === "2") - Number(a.key === "2"));
    expect(poisoned).toMatchObject({
      state: "failed",
      attempts: 3,
      message: "The worker died 3 times while it worked on this.",
    });
    expect(others.map(({ state }) => state)).toEqual(Array(5).fill("succeeded"));
  });
});

describe("two workers", () => {
  it("never have an item at the same time: the first one's writes are refused once the second has it", async () => {
    const { id } = await world.start(2);
    let jobOfFirst: RunningJob | null = null;
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    let arrived = () => {};
    const inItem = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const slow = markHandler(async (_item, job) => {
      jobOfFirst = job;
      arrived();
      await gate;
      return undefined;
    });
    const first = runJobsOnce(world.api.deps, [slow], { holder: "first" });
    await inItem;
    await expect(runJobsOnce(world.api.deps, [markHandler()], { holder: "second" })).rejects.toMatchObject({
      reason: "lease_held",
    });
    await expireLease(); // the first one hangs for longer than its lease
    await runJobsOnce(world.api.deps, [markHandler()], { holder: "second" });
    release();
    await first;
    expect(await keys(id)).toEqual(["0", "1"]);
    expect(await world.items(id)).toMatchObject([
      { state: "succeeded", attempts: 2 },
      { state: "succeeded", attempts: 1 },
    ]);
    if (jobOfFirst === null) throw new Error("the first worker had no item");
    await expect(writeAs(world.api.deps, jobOfFirst, async () => {})).rejects.toMatchObject({ code: "conflict" });
  });
});

describe("a worker that is stopped", () => {
  it("lets its item end, and leaves the rest to the next one", async () => {
    const { id } = await world.start(3);
    const stop = new AbortController();
    const handler = markHandler(async ({ key }) => {
      if (key === "0") stop.abort();
      return undefined;
    });
    await runJobsOnce(world.api.deps, [handler], { signal: stop.signal });
    expect(await world.job(id)).toMatchObject({ state: "running", counts: { succeeded: 1, pending: 2 } });
    await runJobsOnce(world.api.deps, [markHandler()]);
    expect(await keys(id)).toEqual(["0", "1", "2"]);
  });

  it("gives back, uncounted, what breaks off or takes longer than 15 seconds", async () => {
    const { id } = await world.start(2);
    const clock = manualClock(new Date());
    const stop = new AbortController();
    const handler = markHandler(async ({ key }, _job, _deps, signal) => {
      if (key === "0") {
        stop.abort();
        throw signal.reason;
      }
      return new Promise(() => {}); // deaf to the signal
    }, 2);
    const stopped = runJobsOnce({ ...world.api.deps, clock }, [handler], { signal: stop.signal });
    let over = false;
    const ended = stopped.then(() => {
      over = true;
    });
    while (!over) {
      clock.advance(5_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await ended;
    expect(await world.items(id)).toMatchObject([
      { state: "pending", attempts: 0 },
      { state: "pending", attempts: 0 },
    ]);
    await runJobsOnce(world.api.deps, [markHandler()]);
    expect(await world.job(id)).toMatchObject({ state: "completed", counts: { succeeded: 2 } });
  });
});
