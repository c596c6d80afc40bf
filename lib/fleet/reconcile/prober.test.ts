import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { silentLog } from "#lib/platform/log.ts";
import { createOutbound } from "#lib/platform/outbound.ts";
import { createNodeClient } from "#lib/vllm/node-client.ts";
import { recorded } from "#lib/vllm/testdata/recorded.ts";
import { PROBE_PROMPTS } from "./load-probe.ts";
import { createProber } from "./prober.ts";

const BASE = "switchyard/tiny-llama";
const SHIFTS: Record<string, number> = { [BASE]: 0, "adapter-a": 0.5, "adapter-b": 0 };
let asked: string[] = [];
/** Requests of others: what runs now, and what ended while the probe's own ran. */
let others = { running: 0, ended: 0 };
let finished = 0;
const metrics = () =>
  [`num_requests_running{} ${others.running}`, "num_requests_waiting{} 0", `request_success_total{} ${finished}`]
    .map((line) => `vllm:${line}\n`)
    .join("");

/** Answers as vLLM does, from a shift per model; "nan" gets the recorded 400. */
const server = createServer(async (request, response) => {
  if (request.url === "/metrics") return void response.end(metrics());
  finished += PROBE_PROMPTS.length + others.ended;
  let text = "";
  for await (const chunk of request) text += String(chunk);
  const { model } = JSON.parse(text) as { model: string };
  asked.push(model);
  const nan = recorded("probe", "nan");
  if (model === "nan") return void response.writeHead(nan.status).end(nan.body);
  const choices = PROBE_PROMPTS.map((_, index) => {
    const logprob = -1 + (SHIFTS[model] ?? 0);
    const logprobs = { tokens: ["token_id:1"], token_logprobs: [logprob], top_logprobs: [{ "token_id:1": logprob }] };
    return { index, text: "", finish_reason: "length", logprobs };
  });
  response.end(JSON.stringify({ id: "cmpl-1", object: "text_completion", created: 1, model, choices }));
});
const outbound = createOutbound();
let baseUrl = "";
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await outbound.close();
});
beforeEach(() => {
  asked = [];
  others = { running: 0, ended: 0 };
});

const { signal } = new AbortController();
const prober = (mixesBaseRows = false) => {
  const client = createNodeClient({ baseUrl, apiKey: null, outbound });
  return createProber({ client, baseName: BASE, mixesBaseRows, now: () => new Date(0), log: silentLog });
};

describe("createProber", () => {
  it("asks the base before and after, and shares the reading between two adapters", async () => {
    const { probe } = prober();
    expect((await probe("adapter-a", signal)).outcome).toBe("effect");
    expect((await probe("adapter-b", signal)).outcome).toBe("no_effect");
    expect(asked).toEqual([BASE, "adapter-a", BASE, "adapter-b", BASE]);
  });

  it("lets several adapters share the readings around them", async () => {
    const { ask, judge } = prober();
    const readings = [await ask("adapter-a", signal), await ask("nan", signal), await ask("adapter-b", signal)];
    const results = await judge(readings, signal);
    expect(results.map(({ outcome }) => outcome)).toEqual(["effect", "not_a_number", "no_effect"]);
    expect(asked).toEqual([BASE, "adapter-a", "nan", BASE, BASE, "adapter-b", BASE]);
  });

  it("fails an adapter of NaN, and takes what it left on the node upon itself", async () => {
    const { probe } = prober();
    expect((await probe("nan", signal)).outcome).toBe("not_a_number");
    expect(asked).toEqual([BASE, "nan", BASE, BASE]);
    expect((await probe("adapter-a", signal)).outcome).toBe("effect");
    expect(asked.slice(4)).toEqual([BASE, "adapter-a", BASE]);
  });
});

describe("on an engine that answers base-model requests beside adapters with an adapter's weights", () => {
  it("proves what it can while nothing else runs", async () => {
    const { probe } = prober(true);
    expect((await probe("adapter-a", signal)).outcome).toBe("effect");
    expect((await probe("adapter-b", signal)).outcome).toBe("no_effect");
    expect(asked).toEqual([BASE, "adapter-a", BASE, "adapter-b", BASE]);
  });

  it("does not ask the base at all while others run, and says nothing of the adapter", async () => {
    others.running = 1;
    expect(await prober(true).probe("adapter-b", signal)).toMatchObject({ outcome: "inconclusive", disturbed: true });
    expect(asked).toEqual(["adapter-b"]);
  });

  it("believes no reading during which another request came and went", async () => {
    others.ended = 1;
    const { probe } = prober(true);
    expect(await probe("adapter-b", signal)).toMatchObject({ outcome: "inconclusive", disturbed: true });
    others.ended = 0;
    expect((await probe("adapter-b", signal)).outcome).toBe("no_effect");
  });

  it("takes metrics that tell nothing for a node on which others may run", async () => {
    others.running = Number.NaN;
    expect(await prober(true).probe("adapter-b", signal)).toMatchObject({ outcome: "inconclusive", disturbed: true });
  });
});
