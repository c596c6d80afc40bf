import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createEvalWorld, type EvalWorld } from "#lib/evals/testing/eval-world.ts";
import { settleFleet } from "#lib/evals/testing/settle-fleet.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { advanceAll, runCutoverLoop } from "./loop.ts";
import { cutoverTurn } from "./testing/cutover-turn.ts";

let world: EvalWorld;
beforeAll(async () => {
  world = await createEvalWorld();
});
afterAll(() => world.close());

async function start(slug: string): Promise<string> {
  const { adapterId, versionId } = await world.addTenant(slug, 10);
  const cutover = await world.admin.call("POST /adapters/{adapterId}/cutovers", {
    params: { adapterId },
    body: { toVersionId: versionId, overrideReason: "Served by its own deployment." },
  });
  await settleFleet(world.db);
  return cutover.id;
}
const phaseOf = async (cutoverId: string) =>
  (await world.admin.call("GET /cutovers/{cutoverId}", { params: { cutoverId } })).phase;

describe("the cutover loop", () => {
  it("changes nothing once another worker has taken over", async () => {
    const id = await start("fenced");
    await cutoverTurn(world.api.deps);
    const other = await start("fenced-too");
    const late = advanceAll(world.api.deps, { signal: new AbortController().signal, term: 0n });
    await expect(late).rejects.toThrow("1 of 1 cutovers got stuck");
    expect([await phaseOf(id), await phaseOf(other)]).toEqual(["completed", "pending"]);
    await cutoverTurn(world.api.deps);
  });

  it("does the rest although one cutover cannot be advanced at all", async () => {
    const broken = await start("broken");
    const fine = await start("fine");
    await world.db.write(platformScope, ({ client }) =>
      client.cutover.update({ where: { id: broken }, data: { phase: "warming", history: 7 } }),
    );
    await expect(cutoverTurn(world.api.deps)).rejects.toThrow("1 of 2 cutovers got stuck");
    expect(await phaseOf(fine)).toBe("completed");
    await world.db.write(platformScope, ({ client }) => client.cutover.delete({ where: { id: broken } }));
  });

  it("wakes when work arrives, and ends with its signal", async () => {
    const stop = new AbortController();
    const loop = runCutoverLoop(world.api.deps, stop.signal);
    const id = await start("woken");
    await vi.waitFor(async () => expect(await phaseOf(id)).toBe("completed"), { timeout: 10_000, interval: 50 });
    stop.abort();
    await loop;
  });
});
