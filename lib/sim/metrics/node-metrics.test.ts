import { describe, expect, it } from "vitest";
import { BASE_MODEL, startTestNode, writeAdapter } from "../testing/node-fixture.ts";
import { formatFloat } from "./exposition.ts";

const LABELS = `engine="0",model_name="${BASE_MODEL}"`;
const ask = (model: string, more: object = {}) => ({ model, messages: [{ role: "user", content: "hi" }], ...more });

describe("formatFloat", () => {
  it("writes numbers as Python's client does", () => {
    const values = [0, 1, 0.0423, 12345678, 1795535822.4164476, Number.POSITIVE_INFINITY, 640, 999999, 1234567];
    expect(values.map(formatFloat)).toEqual([
      "0.0",
      "1.0",
      "0.0423",
      "1.2345678e+07",
      "1.7955358224164476e+09",
      "+Inf",
      "640.0",
      "999999.0",
      "1.234567e+06",
    ]);
  });
});

describe("/metrics", () => {
  it("has vLLM's families with their buckets, labels and _created", async () => {
    const { node, get, chat, metric } = await startTestNode();
    await chat(ask(BASE_MODEL, { max_tokens: 20, ignore_eos: true }));
    const { text, headers } = await get("/metrics");
    expect(headers.get("content-type")).toMatch(/^text\/plain; version=/);
    const bounds = (name: string) =>
      [...text.matchAll(new RegExp(`^${name}_bucket\\{.*le="([^"]+)"`, "gm"))].map(([, bound]) => bound);
    expect(bounds("vllm:time_to_first_token_seconds")).toHaveLength(23);
    expect(bounds("vllm:inter_token_latency_seconds").slice(0, 3)).toEqual(["0.01", "0.025", "0.05"]);
    expect(bounds("vllm:e2e_request_latency_seconds").slice(-2)).toEqual(["7680.0", "+Inf"]);
    expect(await metric(`vllm:generation_tokens_total{${LABELS}}`)).toBe(20);
    expect(
      await metric(`vllm:request_success_total{engine="0",finished_reason="length",model_name="${BASE_MODEL}"}`),
    ).toBe(1);
    expect(text).toContain(`# TYPE vllm:generation_tokens_created gauge\nvllm:generation_tokens_created{${LABELS}} `);
    const started = (await metric("process_start_time_seconds")) ?? 0;
    expect(Math.abs(started - Date.now() / 1000)).toBeLessThan(60);
    await node.stop();
  });

  it("shows waiting adapters as deferred, and the union of names in both labels", async () => {
    const { node, load, chat, metric, get } = await startTestNode({ maxLoras: 1, maxCpuLoras: 2, speed: 40 });
    for (const name of ["a", "b"]) await load(name, await writeAdapter({ seed: name }));
    const long = ["a", "b"].map((name) => chat(ask(name, { max_tokens: 800, ignore_eos: true })));
    const deferred = `vllm:num_requests_waiting_by_reason{engine="0",model_name="${BASE_MODEL}",reason="deferred"}`;
    await expect.poll(() => metric(deferred), { interval: 5, timeout: 5000 }).toBe(1);
    const { text } = await get("/metrics");
    expect(text).toMatch(
      /vllm:lora_requests_info\{max_lora="1",running_lora_adapters="a,b",waiting_lora_adapters="a,b"\} 1\.\d+e\+09/,
    );
    await Promise.all(long);
    expect((await get("/metrics")).text.match(/^vllm:lora_requests_info\{/gm)?.length).toBeGreaterThanOrEqual(3);
    expect(await metric(deferred)).toBe(0);
    await node.stop();
  });

  it("counts a client that goes away as aborted", async () => {
    const { node, metric } = await startTestNode({ speed: 1 });
    const leaving = new AbortController();
    const reply = fetch(`${node.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(ask(BASE_MODEL, { max_tokens: 4000, ignore_eos: true, stream: true })),
      signal: leaving.signal,
    });
    expect((await reply).status).toBe(200);
    leaving.abort();
    const aborted = `vllm:request_success_total{engine="0",finished_reason="abort",model_name="${BASE_MODEL}"}`;
    await expect.poll(() => metric(aborted), { interval: 5, timeout: 5000 }).toBe(1);
    await node.stop();
  });
});
