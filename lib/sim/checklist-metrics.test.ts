import { describe, expect, it } from "vitest";
import { chatWith, SLOW, type TestNode, TRAINED, testNodes, writeAdapter } from "./testing/node-fixture.ts";

/** Points 7 and 8 of vllm.md §11; the others are in `checklist.test.ts`. */
const start = testNodes();

describe("7. lora_requests_info", () => {
  const series = async (node: TestNode) =>
    [...(await node.get("/metrics")).text.matchAll(/^vllm:lora_requests_info\{(.*)\} (\S+)$/gm)].map(
      ([, labels = "", value]) => ({ labels, value: Number(value) }),
    );

  it("has both lists the union, one series for every set ever seen, the time as value", async () => {
    const node = await start({ maxLoras: 2, maxCpuLoras: 4 });
    expect(await series(node)).toEqual([]);
    for (const name of ["a", "b"]) await node.load(name, await writeAdapter({ seed: name }));
    for (const name of ["a", "b"]) await node.chat(chatWith(name, { max_tokens: 9, ignore_eos: true }));
    const seen = await series(node);
    expect(seen.map(({ labels }) => labels)).toEqual([
      'max_lora="2",running_lora_adapters="a",waiting_lora_adapters="a"',
      'max_lora="2",running_lora_adapters="",waiting_lora_adapters=""',
      'max_lora="2",running_lora_adapters="b",waiting_lora_adapters="b"',
    ]);
    expect(seen.every(({ value }) => Math.abs(value - Date.now() / 1000) < 60)).toBe(true);
    const newest = seen.toSorted((a, b) => b.value - a.value)[0];
    expect(newest?.labels).toContain('running_lora_adapters=""');
  });

  it("told running and waiting apart in V0, and did not exist in 0.6.3", async () => {
    const node = await start({ engineVersion: "0.7.0", maxLoras: 1, maxCpuLoras: 2, speed: SLOW });
    for (const name of ["a", "b"]) await node.load(name, await writeAdapter({ seed: name }));
    await Promise.all(["a", "b"].map((name) => node.chat(chatWith(name, { max_tokens: 80, ignore_eos: true }))));
    const lists = (await series(node)).map(({ labels }) => labels);
    expect(
      lists.some((labels) => /running_lora_adapters="(a|b)",waiting_lora_adapters="(?!\1)(a|b)"/.test(labels)),
    ).toBe(true);
    const oldest = await start({ engineVersion: "0.6.3" });
    await oldest.load("a", TRAINED[0]);
    await oldest.chat(chatWith("a", { max_tokens: 1 }));
    expect((await oldest.get("/metrics")).text).not.toContain("lora_requests_info");
  });
});

describe("8. Metrics: base labels, buckets, suffixes, names of the release", () => {
  const bounds = (text: string, name: string) =>
    [...text.matchAll(new RegExp(`^${name}_bucket\\{.*le="([^"]+)"`, "gm"))].map(([, bound]) => Number(bound));
  const familiesOf = (text: string) => [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name);

  it.each([
    ["0.6.3", ["gpu_cache_usage_perc", "time_per_output_token_seconds", "num_requests_swapped"], 16, 13, 10],
    ["0.7.0", ["gpu_cache_usage_perc", "time_per_output_token_seconds", "num_requests_swapped"], 16, 13, 15],
    ["0.9.2", ["gpu_cache_usage_perc", "kv_cache_usage_perc", "time_per_output_token_seconds"], 22, 19, 21],
    ["0.11.0", ["kv_cache_usage_perc", "time_per_output_token_seconds", "inter_token_latency_seconds"], 22, 19, 21],
    ["0.18.0", ["kv_cache_usage_perc", "inter_token_latency_seconds"], 22, 19, 21],
    ["0.32.0", ["kv_cache_usage_perc", "inter_token_latency_seconds"], 22, 19, 21],
  ])("%s", async (engineVersion, names, ttft, perToken, e2e) => {
    const node = await start({ engineVersion });
    await node.load("tenant-adapter", TRAINED[0]);
    await node.chat(chatWith("tenant-adapter", { max_tokens: 20, ignore_eos: true }));
    const { text } = await node.get("/metrics");
    const families = familiesOf(text);
    for (const name of names) expect(families).toContain(`vllm:${name}`);
    const renamed = [
      "gpu_cache_usage_perc",
      "kv_cache_usage_perc",
      "time_per_output_token_seconds",
      "inter_token_latency_seconds",
    ];
    const gone = renamed.filter(
      (name) => !names.includes(name) && !(engineVersion === "0.11.0" && name.startsWith("gpu")),
    );
    for (const name of gone) expect(families).not.toContain(`vllm:${name}`);
    const finite = (name: string) => bounds(text, `vllm:${name}`).filter(Number.isFinite).length;
    const interToken = names.find((name) => name.includes("token")) ?? "";
    expect([finite("time_to_first_token_seconds"), finite(interToken), finite("e2e_request_latency_seconds")]).toEqual([
      ttft,
      perToken,
      e2e,
    ]);
    expect(families).toEqual(
      expect.arrayContaining(["vllm:generation_tokens_total", "vllm:generation_tokens_created"]),
    );
    const naming = text.split("\n").filter((line) => line.startsWith("vllm:") && line.includes("tenant-adapter"));
    expect(naming.every((line) => line.startsWith("vllm:lora_requests_info"))).toBe(true);
  });

  it("tells reasons of waiting and sources of tokens only in the releases that have them", async () => {
    const has = async (engineVersion: string) => {
      const families = familiesOf((await (await start({ engineVersion })).get("/metrics")).text);
      return [
        "vllm:num_requests_waiting_by_reason",
        "vllm:prompt_tokens_by_source_total",
        "vllm:request_queue_time_seconds",
      ].map((name) => families.includes(name));
    };
    expect(await has("0.6.3")).toEqual([false, false, false]);
    expect(await has("0.15.0")).toEqual([false, false, true]);
    expect(await has("0.17.0")).toEqual([false, true, true]);
    expect(await has("0.32.0")).toEqual([true, true, true]);
  });
});
