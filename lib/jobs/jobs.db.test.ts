import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemActor } from "#lib/identity/actor.ts";
import { AppError } from "#lib/platform/errors.ts";
import type { ItemOutcome } from "./job-handler.ts";
import { runJobsOnce } from "./run-jobs.ts";
import { createJobWorld, type JobWorld, markHandler } from "./testing/job-world.ts";

let world: JobWorld;
beforeAll(async () => {
  world = await createJobWorld();
});
afterAll(() => world.close());
const states = async (jobId: string) => (await world.items(jobId)).map(({ state }) => state);

describe("a job", () => {
  it("does each item once, in the name of who started it, and says how each ended", async () => {
    const { id } = await world.start(3);
    expect(await world.job(id)).toMatchObject({ state: "queued", total: 3, counts: { pending: 3 }, startedBy: "test" });
    await runJobsOnce(world.api.deps, [markHandler()]);
    expect(await world.job(id)).toMatchObject({
      state: "completed",
      counts: { succeeded: 3, pending: 0, running: 0 },
      timeLeft: null,
      message: null,
    });
    expect(await world.marks(id)).toEqual(["0", "1", "2"].map((key) => ({ key, actor: "test" })));
    expect(await world.items(id)).toMatchObject([
      { key: "0", label: "Mark 0", message: "Marked 0.", attempts: 1, fix: null, result: null },
      { key: "1" },
      { key: "2" },
    ]);
    await runJobsOnce(world.api.deps, [markHandler()]);
    expect(await world.marks(id)).toHaveLength(3);
  });

  it("keeps a refusal's message and fix, and no word of what broke inside", async () => {
    const { id } = await world.start(3);
    const script = async ({ key }: { key: string }): Promise<ItemOutcome | undefined> => {
      if (key === "0") throw new AppError("conflict", "It is in use.", { fix: "Wait." });
      if (key === "1") throw new Error("password=hunter2");
      return { state: "skipped", message: "Nothing to do.", result: { type: "version", id: "ver_1" } };
    };
    await runJobsOnce(world.api.deps, [markHandler(script)]);
    const [refused, broken, skipped] = await world.items(id);
    expect(refused).toMatchObject({ state: "failed", message: "It is in use.", fix: "Wait." });
    expect(broken).toMatchObject({ state: "failed", message: "It failed for a reason of Switchyard's own." });
    expect(skipped).toMatchObject({ state: "skipped", result: { type: "version", id: "ver_1" } });
    expect(await world.job(id)).toMatchObject({ state: "completed", counts: { failed: 2, skipped: 1 } });
  });

  it("is refused without items, with more than 5,000, and to a customer", async () => {
    await expect(world.start(0)).rejects.toMatchObject({ reason: "no_items" });
    await expect(world.start(5_001)).rejects.toMatchObject({ reason: "too_many_items" });
    const twice = await world.startAs(systemActor("test"), {
      kind: "mark",
      title: "Twice",
      items: [
        { key: "a", label: "A" },
        { key: "a", label: "A" },
      ],
    });
    expect(twice.total).toBe(1);
    await runJobsOnce(world.api.deps, [markHandler()]);
    expect(await states(twice.id)).toEqual(["succeeded"]);
  });
});
