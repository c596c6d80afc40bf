import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { BASE_MODEL, startTestNode, type TestNode, TRAINED } from "../testing/node-fixture.ts";
import type { FaultKind } from "./fault.ts";
import { FaultList } from "./fault-list.ts";

let node: TestNode;
beforeAll(async () => {
  node = await startTestNode({ control: true, maxLoras: 2, maxCpuLoras: 3 });
});
afterEach(() => node.node.clearFaults());
afterAll(() => node.node.stop());

const MODELS = "/v1/models";
const NAME = "acme--bot--v1-000000000001";
const listed = async () =>
  ((await node.get(MODELS)).json() as { data: { id: string; parent: string | null }[] }).data
    .filter((card) => card.parent !== null)
    .map((card) => card.id);
/** The system's word for what became of a request; "answered" when all of it came. */
async function fateOf(path: string, init: RequestInit = {}): Promise<string> {
  try {
    const response = await fetch(node.node.url + path, init);
    await response.text();
    return "answered";
  } catch (error) {
    const cause = (error as Error).cause as { code?: string; message?: string } | undefined;
    return cause?.code ?? cause?.message ?? String(error);
  }
}

describe("faults by kind", () => {
  it("refuse closes the connection before a byte, as often as it was told to", async () => {
    node.node.inject({ kind: "refuse", path: MODELS, times: 2 });
    expect(await fateOf("/health")).toBe("answered");
    expect([await fateOf(MODELS), await fateOf(MODELS), await fateOf(MODELS)]).toEqual([
      "UND_ERR_SOCKET",
      "UND_ERR_SOCKET",
      "answered",
    ]);
  });

  it("reset breaks off in mid-reply, though the node did what it was asked", async () => {
    node.node.inject({ kind: "reset", path: "/v1/load_lora_adapter", times: 1 });
    await expect(node.load("reset", TRAINED[0])).rejects.toThrow();
    expect(await listed()).toContain("reset");
    node.node.inject({ kind: "reset", path: "/health", times: 1 });
    expect(await fateOf("/health")).not.toBe("answered");
  });

  it("half_body ends a reply too early, a stream after its first half chunk", async () => {
    node.node.inject({ kind: "half_body", method: "GET", path: MODELS, times: 1 });
    expect(await fateOf(MODELS)).toBe("UND_ERR_SOCKET");
    node.node.inject({ kind: "half_body", method: "post", times: 1 });
    const ask = { model: BASE_MODEL, messages: [{ role: "user", content: "hi" }], stream: true };
    await expect(node.chat(ask)).rejects.toThrow();
    expect((await node.chat(ask)).text).toContain("[DONE]");
  });

  it("hang never answers, until the faults are cleared", async () => {
    node.node.inject({ kind: "hang", path: MODELS });
    const hanging = fateOf(MODELS);
    const first = await Promise.race([hanging, fateOf("/health").then((fate) => `health ${fate}`)]);
    expect(first).toBe("health answered");
    node.node.clearFaults();
    expect(await hanging).toBe("UND_ERR_SOCKET");
    expect(await fateOf(MODELS)).toBe("answered");
  });

  it("slow answers later, but acts at once", async () => {
    node.node.inject({ kind: "slow", path: "/v1/load_lora_adapter", delayMs: 600_000 });
    const loading = node.load("slow", TRAINED[0]);
    await expect.poll(listed, { interval: 5 }).toContain("slow");
    node.node.clearFaults();
    expect((await loading).status).toBe(200);
    node.node.inject({ kind: "slow", path: "/health", delayMs: 30 });
    const startMs = performance.now();
    expect((await node.get("/health")).status).toBe(200);
    expect(performance.now() - startMs).toBeGreaterThan(29);
  });

  it("error answers a status in the release's shape, 401 as vLLM does", async () => {
    node.node.inject({ kind: "error", path: "/v1/load_lora_adapter" });
    expect((await node.load("x", TRAINED[0])).json()).toEqual({
      error: { message: "simulated fault", type: "InternalServerError", param: null, code: 500 },
    });
    node.node.inject({ kind: "error", path: MODELS, status: 401 });
    expect(await node.get(MODELS)).toMatchObject({ status: 401, text: '{"error":"Unauthorized"}' });
  });

  it("html is a page where JSON was expected", async () => {
    node.node.inject({ kind: "html", path: MODELS });
    const page = await node.get(MODELS);
    expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html"]);
    expect(page.text).toMatch(/^<!DOCTYPE html>/);
    node.node.clearFaults();
    node.node.inject({ kind: "html", path: MODELS, status: 502 });
    expect((await node.get(MODELS)).status).toBe(502);
  });

  it("lost_adapter forgets a name once, or after each of so many loads", async () => {
    await node.load("lost", TRAINED[0]);
    node.node.inject({ kind: "lost_adapter", loraName: "lost" });
    expect(await listed()).not.toContain("lost");
    await node.load("lost", TRAINED[0]);
    expect(await listed()).toContain("lost");
    node.node.inject({ kind: "lost_adapter", loraName: "lost", times: 2 });
    await node.load("lost", TRAINED[0]);
    expect(await listed()).not.toContain("lost");
    expect((await node.load("lost", TRAINED[0])).status).toBe(200);
    expect(await listed()).toContain("lost");
  });

  it("failing_adapter fails one adapter's requests and serves the others", async () => {
    await node.load("failing", TRAINED[0]);
    node.node.inject({ kind: "failing_adapter", loraName: "failing", times: 1 });
    const asked = (model: string) => node.post("/v1/completions", { model, prompt: "hi", max_tokens: 1 });
    expect((await asked(BASE_MODEL)).status).toBe(200);
    expect((await asked("failing")).status).toBe(500);
    expect((await asked("failing")).status).toBe(200);
  });

  it("clock_skew moves the Date header and the process start", async () => {
    const start = (await node.metric("process_start_time_seconds")) ?? 0;
    node.node.inject({ kind: "clock_skew", skewSeconds: 3600 });
    expect(await node.metric("process_start_time_seconds")).toBeCloseTo(start + 3600, 3);
    const date = Date.parse((await node.get("/health")).headers.get("date") ?? "");
    expect(Math.abs(date - Date.now() - 3_600_000)).toBeLessThan(5_000);
    expect(() => node.node.inject({ kind: "clock_skew" })).toThrow("skewSeconds");
  });

  it("huge_metrics is valid text of at least so many bytes", async () => {
    node.node.inject({ kind: "huge_metrics", bytes: 3_000_000 });
    const { text, status } = await node.get("/metrics");
    expect([status, text.length >= 3_000_000, text.length < 3_200_000]).toEqual([200, true, true]);
    expect(text.split("\n").at(-2)).toMatch(/^simulated_filler\{series="\d+"\} 1\.0$/);
    expect((await node.get("/health")).status).toBe(200);
  });

  it("silent_load says yes and loads nothing, for one name or for all", async () => {
    node.node.inject({ kind: "silent_load", loraName: "silent" });
    expect(await node.load("silent", TRAINED[0])).toMatchObject({
      status: 200,
      text: "Success: LoRA adapter 'silent' added successfully.",
    });
    await node.load("loud", TRAINED[0]);
    expect(await listed()).toContain("loud");
    expect(await listed()).not.toContain("silent");
  });

  it("flap refuses and answers by turns, the same turns for the same seed", async () => {
    const turns = (seed: number) => {
      let nowMs = 0;
      const faults = new FaultList(() => nowMs);
      faults.add({ kind: "flap", periodMs: 100, seed });
      const isDown = Array.from({ length: 1000 }, (_, at) => {
        nowMs = at;
        return faults.strike({ method: "GET", path: "/" }).length > 0;
      });
      const changes = isDown.flatMap((down, at) => (at > 0 && down !== isDown[at - 1] ? [at] : []));
      return { startsDown: isDown[0], changes };
    };
    expect(turns(1)).toEqual(turns(1));
    expect(turns(1)).not.toEqual(turns(2));
    expect(turns(1).startsDown).toBe(true);
    const lengths = turns(1).changes.map((at, turn, all) => at - (all[turn - 1] ?? 0));
    expect([Math.min(...lengths) >= 49, Math.max(...lengths) <= 151, lengths.length > 5]).toEqual([true, true, true]);
    node.node.inject({ kind: "flap", path: "/health", periodMs: 600_000 });
    expect([await fateOf("/health"), await fateOf(MODELS)]).toEqual(["UND_ERR_SOCKET", "answered"]);
  });
});

describe("the control API", () => {
  const control = (method: string, path: string, body?: unknown) =>
    fetch(`${node.node.url}/_sim${path}`, {
      method,
      headers: { "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  it("injects, shows and clears faults, and is struck by none of them", async () => {
    const kinds: FaultKind[] = ["refuse", "hang"];
    for (const kind of kinds) expect((await control("POST", "/faults", { kind })).status).toBe(201);
    const state = (await (await control("GET", "/state")).json()) as { faults: unknown[]; limits: unknown };
    expect(state.faults).toEqual([
      { id: expect.any(String), fault: { kind: "refuse" }, hits: 0, left: null },
      { id: expect.any(String), fault: { kind: "hang" }, hits: 0, left: null },
    ]);
    expect((await control("DELETE", "/faults")).status).toBe(204);
    expect(await fateOf(MODELS)).toBe("answered");
  });

  it("says what is wrong with a fault", async () => {
    for (const body of [{}, { kind: "flood" }, { kind: "refuse", paths: "/v1" }, { kind: "clock_skew" }])
      expect((await control("POST", "/faults", body)).status).toBe(400);
    expect(await (await control("POST", "/faults", { kind: "clock_skew" })).text()).toContain("skewSeconds");
  });

  it("restarts with other limits: nothing is loaded, the start moves, the port stays", async () => {
    await node.load(NAME, TRAINED[0]);
    const start = (await node.metric("process_start_time_seconds")) ?? 0;
    const reply = await control("POST", "/restart", { maxLoras: 3, maxCpuLoras: 5, maxModelLen: 4096, downMs: 1 });
    expect([reply.status, await reply.json()]).toEqual([
      202,
      { limits: { maxLoras: 3, maxCpuLoras: 5, maxLoraRank: 16, maxModelLen: 4096 } },
    ]);
    await expect
      .poll(() => node.metric("process_start_time_seconds").catch(() => 0), { interval: 5 })
      .toBeGreaterThan(start + 1);
    expect(await listed()).toEqual([]);
    expect((await node.get(MODELS)).text).toContain('"max_model_len":4096');
    await node.load(NAME, TRAINED[0]);
    expect((await node.chat({ model: NAME, messages: [{ role: "user", content: "hi" }] })).status).toBe(200);
    expect((await node.get("/metrics")).text).toContain('vllm:lora_requests_info{max_lora="3"');
  });

  it("refuses limits with which vLLM would not start, and goes on", async () => {
    const reply = await control("POST", "/restart", { maxLoras: 9 });
    expect([reply.status, await reply.text()]).toEqual([400, expect.stringContaining("must be >= max_loras (9)")]);
    expect(await fateOf("/health")).toBe("answered");
  });

  it("is away for as long as it was told, and connections of before are cut", async () => {
    node.node.inject({ kind: "hang", path: MODELS });
    const hanging = fateOf(MODELS);
    const restarting = node.node.restart({ downMs: 30 });
    expect(await hanging).not.toBe("answered");
    expect(await fateOf("/health")).toBe("ECONNREFUSED");
    await restarting;
    expect(await fateOf("/health")).toBe("answered");
  });

  it("does not exist unless the node was started with it", async () => {
    const real = await startTestNode();
    for (const path of ["/_sim/state", "/_sim/faults", "/_sim/restart"])
      expect(await real.post(path, {})).toMatchObject({ status: 404, text: '{"detail":"Not Found"}' });
    await real.node.stop();
  });
});
