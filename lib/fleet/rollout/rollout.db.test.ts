import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Version } from "#lib/registry/schema.ts";
import type { SimNode } from "#lib/sim/start-node.ts";
import type { Rollout } from "../schema.ts";
import { effectsToDieAt, mortalDeps } from "../testing/mortal-deps.ts";
import { createRolloutWorld, type RolloutWorld } from "../testing/rollout-world.ts";

/** Two simulated nodes with two adapters; engine limits are changed in every way an operator may. */
let world: RolloutWorld;
let versions: Version[];
beforeAll(async () => {
  world = await createRolloutWorld(["node-a", "node-b"]);
  versions = [await world.version("acme"), await world.version("globex")];
  for (const version of versions) await world.stage(version);
  await world.settle();
  await world.setPool({ restartStep: "simulated" });
});
afterAll(() => world.close());

const SECRET = "a secret between the two of us";
const nodeOf = (name: string): SimNode => {
  const node = world.nodes.get(name);
  if (!node) throw new Error(`there is no ${name}`);
  return node;
};
const idOf = (name: string) => world.nodeIds.get(name) ?? "";
const pool = () => world.api.admin.call("GET /pools/{poolId}", { params: { poolId: world.poolId } });
const show = (name: string) => world.api.admin.call("GET /nodes/{nodeId}", { params: { nodeId: idOf(name) } });
const uncordon = (name: string) =>
  world.api.admin.call("POST /nodes/{nodeId}/uncordon", { params: { nodeId: idOf(name) } });
const cancel = (rolloutId: string) =>
  world.api.admin.call("POST /rollouts/{rolloutId}/cancel", { params: { rolloutId } });
const hasEnded = ({ state }: Rollout) => state !== "running";
const phases = ({ nodes }: Rollout) => nodes.map(({ phase }) => phase);
const isIn = (phase: string) => (rollout: Rollout) => phases(rollout).includes(phase as "draining");

/** Whatever a test left behind: nothing runs, everybody serves, and all adapters are there. */
afterEach(async () => {
  const { items } = await world.api.admin.call("GET /pools/{poolId}/rollouts", { params: { poolId: world.poolId } });
  for (const { id, state } of items) if (state === "running") await cancel(id);
  for (const node of world.nodes.values()) node.clearFaults();
  world.clock.leap(7_200_000);
  await world.resync();
  for (const { id, state } of items) if (state === "running") await world.until(id, hasEnded);
  for (const name of world.nodeIds.keys()) await uncordon(name);
  await world.settle();
  await world.setPool({ restartStep: "simulated" });
});

describe("a rollout", () => {
  it("changes one node after the other, and customers are served all the while", async () => {
    const epochs = [(await show("node-a")).epoch, (await show("node-b")).epoch];
    const started = await world.start({ target: { maxLoras: 3, maxCpuLoras: 6 } });
    expect(started).toMatchObject({
      state: "running",
      before: { maxLoras: 4, maxCpuLoras: 8 },
      target: { maxLoras: 3, maxCpuLoras: 6, maxLoraRank: 16 },
      message: null,
    });
    expect(started.nodes[0]?.command).toContain("--max-loras 3");
    const served = new Set<string>();
    const done = await world.until(started.id, (rollout) => {
      served.add(phases(rollout).join());
      return hasEnded(rollout);
    });
    expect(done).toMatchObject({ state: "completed", nodes: [{ phase: "done" }, { phase: "done" }] });
    for (const seen of served)
      expect(seen).not.toMatch(/(draining|restarting|restoring).*(draining|restarting|restoring)/);
    expect(await pool()).toMatchObject({ maxLoras: 3, maxCpuLoras: 6 });
    for (const [index, name] of ["node-a", "node-b"].entries()) {
      expect(await show(name)).toMatchObject({
        cordoned: false,
        health: "healthy",
        epoch: (epochs[index] ?? 0) + 1,
        limits: { maxLoras: { value: 3, source: "measured" } },
      });
    }
    for (const version of versions) expect(await world.routable(version)).toEqual(["node-a", "node-b"]);
  });

  it("never takes the last node that serves while another could come back first", async () => {
    const { id } = await world.start({ target: { maxLoras: 4 } });
    await world.api.admin.call("POST /nodes/{nodeId}/cordon", { params: { nodeId: idOf("node-b") } });
    // node-b was cordoned behind the rollout's back, and node-a is first
    await world.step();
    const waiting = await world.read(id);
    expect(phases(waiting)).toEqual(["pending", "pending"]);
    expect(waiting.nodes[0]?.message).toContain("no other node");
    await uncordon("node-b");
    expect((await world.until(id, hasEnded)).state).toBe("completed");
  });

  it("begins with what serves nobody, and leaves it cordoned", async () => {
    await world.api.admin.call("POST /nodes/{nodeId}/cordon", { params: { nodeId: idOf("node-b") } });
    const { id } = await world.start({ target: { maxLoras: 2 } });
    const half = await world.until(id, isIn("done"));
    expect(half.nodes.map(({ nodeName, phase }) => [nodeName, phase])).toEqual([
      ["node-b", "done"],
      ["node-a", "pending"],
    ]);
    expect(await show("node-b")).toMatchObject({ cordoned: true });
    await uncordon("node-b");
    expect((await world.until(id, hasEnded)).state).toBe("completed");
  });

  it("is refused when it makes no sense, and no second one runs beside it", async () => {
    const { maxLoras, maxCpuLoras } = await pool();
    const refusal = async (target: Record<string, number>) =>
      world.start({ target }).catch((error: { problem: { code: string } }) => error.problem.code);
    expect(await refusal({ maxLoras })).toBe("nothing_changes");
    expect(await refusal({})).toBe("nothing_changes");
    expect(await refusal({ maxLoras: maxCpuLoras + 1 })).toBe("below_max_loras");
    expect(await refusal({ maxLoraRank: 8 })).toBe("below_rank_in_use");
    expect(await refusal({ gpuMemoryUtilization: 0.5 })).toBe("not_simulated");
    expect(await refusal({ maxLoras: 0 })).toBe("too_small");
    await world.start({ target: { maxLoras: maxLoras + 1 } });
    expect(await refusal({ maxLoras: maxLoras + 1 })).toBe("rollout_running");
  });
});

describe("a rollout that stops", () => {
  it("by hand: shows the command, waits, and fails when nobody restarts in time", async () => {
    await world.setPool({ restartStep: "manual" });
    const before = await pool();
    const target = { maxLoras: before.maxLoras + 1 };
    const { id } = await world.start({ target });
    const waiting = await world.until(id, isIn("restarting"));
    expect(waiting.nodes[0]).toMatchObject({
      phase: "restarting",
      message: expect.stringContaining("restart its engine"),
    });
    expect(waiting.nodes[0]?.command).toContain(`--max-loras ${target.maxLoras}`);
    world.clock.leap(601_000);
    await world.resync();
    await world.step();
    const failed = await world.read(id);
    expect(failed).toMatchObject({ state: "failed", message: expect.stringContaining("No new engine answered") });
    expect(phases(failed)).toEqual(["failed", "skipped"]);
    expect((await pool()).maxLoras).toBe(before.maxLoras);
    expect(await show(failed.nodes[0]?.nodeName ?? "")).toMatchObject({ cordoned: true });
    expect(await show(failed.nodes[1]?.nodeName ?? "")).toMatchObject({ cordoned: false });
  });

  it("at a node whose new engine has other limits", async () => {
    await world.setPool({ restartStep: "manual" });
    const { maxLoras } = await pool();
    const { id } = await world.start({ target: { maxLoras: maxLoras + 1 } });
    const waiting = await world.until(id, isIn("restarting"));
    await nodeOf(waiting.nodes[0]?.nodeName ?? "").restart({ maxLoras, downMs: 0 });
    const failed = await world.until(id, hasEnded);
    expect(failed).toMatchObject({ state: "failed" });
    expect(failed.message).toMatch(/max_loras is \d+ instead of \d+/);
  });

  it("at a node on which an adapter no longer works", async () => {
    await world.setPool({ restartStep: "manual" });
    const { maxLoras } = await pool();
    const { id } = await world.start({ target: { maxLoras: maxLoras + 1 } });
    const waiting = await world.until(id, isIn("restarting"));
    const node = nodeOf(waiting.nodes[0]?.nodeName ?? "");
    await node.restart({ maxLoras: maxLoras + 1, downMs: 0 });
    node.inject({ kind: "error", path: "/v1/load_lora_adapter" });
    const failed = await world.until(id, hasEnded);
    expect(failed).toMatchObject({ state: "failed", message: expect.stringContaining("worked here before") });
    expect(phases(failed)).toEqual(["failed", "skipped"]);
  });

  it("by a person: a drained node goes back, one that restarts is finished", async () => {
    const { maxLoras } = await pool();
    await world.setPool({ restartStep: "manual" });
    const first = await world.start({ target: { maxLoras: maxLoras + 1 } });
    await world.until(first.id, isIn("restarting"));
    expect(await cancel(first.id)).toMatchObject({
      state: "cancelled",
      nodes: [{ phase: "skipped" }, { phase: "skipped" }],
    });
    for (const name of world.nodeIds.keys()) expect((await show(name)).cordoned).toBe(false);
    await expect(cancel(first.id)).rejects.toMatchObject({ problem: { status: 409, code: "rollout_ended" } });

    const second = await world.start({ target: { maxLoras: maxLoras + 1 } });
    const waiting = await world.until(second.id, isIn("restarting"));
    await nodeOf(waiting.nodes[0]?.nodeName ?? "").restart({ maxLoras: maxLoras + 1, downMs: 0 });
    await world.until(second.id, isIn("restoring"));
    expect((await cancel(second.id)).state).toBe("running");
    const ended = await world.until(second.id, hasEnded);
    expect(ended).toMatchObject({ state: "cancelled", message: expect.stringContaining("1 of 2 nodes") });
    expect(phases(ended)).toEqual(["done", "skipped"]);
    expect((await pool()).maxLoras).toBe(maxLoras);

    // back to what the pool says: refused on an even pool, but this one is mixed
    await world.setPool({ restartStep: "simulated" });
    const third = await world.start({ target: { maxLoras } });
    expect((await world.until(third.id, hasEnded)).state).toBe("completed");
  });
});

describe("a webhook", () => {
  it("gets a signed wish again and again until it takes it on", async () => {
    const calls: { body: string; headers: Record<string, unknown> }[] = [];
    const server = createServer(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += String(chunk);
      calls.push({ body, headers: request.headers });
      response.writeHead(calls.length === 1 ? 503 : 202).end("whatever");
      const { nodeName, target } = JSON.parse(body) as { nodeName: string; target: { maxLoras: number } };
      if (calls.length > 1) void nodeOf(nodeName).restart({ maxLoras: target.maxLoras, downMs: 0 });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const restartUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?team=infra`;
      const set = await world.setPool({ restartStep: "webhook", restartUrl, restartSecret: SECRET });
      expect(JSON.stringify(set)).not.toContain(SECRET);
      const { maxLoras } = await pool();
      const { id } = await world.start({ target: { maxLoras: maxLoras + 1 } });
      expect((await world.until(id, hasEnded)).state).toBe("completed");
      expect(calls.length).toBe(3);
      for (const { body, headers } of calls) {
        const timestamp = String(headers["x-switchyard-timestamp"]);
        const signature = createHmac("sha256", SECRET).update(`${timestamp}.${body}`).digest("hex");
        expect(headers["x-switchyard-signature"]).toBe(`v1=${signature}`);
        expect(JSON.parse(body)).toMatchObject({
          event: "node.restart",
          rolloutId: id,
          command: { env: { VLLM_ALLOW_RUNTIME_LORA_UPDATING: "1" }, args: expect.arrayContaining(["--max-loras"]) },
          target: { maxLoras: maxLoras + 1 },
          deadline: expect.any(String),
        });
      }
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it("needs an address and a secret, and the trail knows only that the secret changed", async () => {
    const code = (body: Record<string, unknown>) =>
      world.setPool(body).then(
        () => "taken",
        (error: { problem: { code: string } }) => error.problem.code,
      );
    expect(await code({ restartUrl: null, restartStep: "webhook" })).toBe("restart_url_missing");
    expect(await code({ restartUrl: "http://hook.test/x", restartSecret: null, restartStep: "webhook" })).toBe(
      "restart_secret_missing",
    );
    expect(await code({ restartUrl: "http://169.254.169.254/latest" })).toBe("forbidden_address");
    expect(await code({ restartUrl: "ftp://hook.test" })).toBe("bad_scheme");
    expect(await code({ restartSecret: "short" })).toBe("too_small");
    expect(await code({ restartSecret: SECRET })).toBe("taken");
    const { items } = await world.api.admin.call("GET /audit", { query: { objectId: world.poolId } });
    expect(JSON.stringify(items)).not.toContain(SECRET);
    expect((await pool()).hasRestartSecret).toBe(true);
  });
});

describe("a worker that dies", () => {
  it("at any step of a rollout leaves it to the next one, which finishes it", async () => {
    const { maxLoras } = await pool();
    for (const moment of ["before", "after"] as const)
      for (const n of effectsToDieAt(moment, 6, 3)) {
        const { id } = await world.start({
          target: { maxLoras: (await pool()).maxLoras === maxLoras ? maxLoras + 1 : maxLoras },
        });
        for (let round = 0; round < 30 && !hasEnded(await world.read(id)); round += 1) {
          // it dies at its nth effect; the first two are the lease and the list of rollouts
          await world.step(mortalDeps(world.api.deps, n, moment)).catch((error: Error) => {
            if (!/killed/.test(error.message)) throw error;
          });
          if (round % 3 === 2) await world.step();
          world.clock.leap(3_000);
          await world.resync();
        }
        const ended = await world.until(id, hasEnded);
        expect([moment, n, ended.state, ended.message]).toEqual([moment, n, "completed", expect.any(String)]);
        for (const name of world.nodeIds.keys()) expect((await show(name)).cordoned).toBe(false);
      }
  }, 120_000);
});
