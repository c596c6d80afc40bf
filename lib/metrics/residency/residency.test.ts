import { describe, expect, it } from "vitest";
import { parseExposition } from "../exposition/parse-exposition.ts";
import { readNodeSamples } from "../scrape/node-samples.ts";
import { readResidency, readTierReporter } from "./node-residency.ts";
import { createResidencyTracker } from "./residency-tracker.ts";

const of = (...lines: string[]) => parseExposition(lines.map((line) => `${line}\n`).join(""));
const info = (status: string) =>
  `switchyard_lora_plugin_info{version="0.1.0",vllm_version="0.32.0",status="${status}",reason="not this release"} 1`;

describe("what the plugin says", () => {
  it("is each adapter's highest tier", () => {
    const exposition = of(
      info("active"),
      'switchyard_lora_residency{lora_name="a",tier="gpu"} 1',
      'switchyard_lora_residency{lora_name="a",tier="cpu"} 1',
      'switchyard_lora_residency{lora_name="b",tier="cpu"} 1',
      'switchyard_lora_residency{lora_name="gone",tier="cpu"} 0',
    );
    expect(readResidency(exposition)).toEqual(
      new Map([
        ["a", "gpu"],
        ["b", "cpu"],
      ]),
    );
  });

  it("is that nothing is resident when it runs and names nobody", () => {
    expect(readResidency(of(info("active")))).toEqual(new Map());
    expect(readResidency(of("# TYPE switchyard_lora_residency gauge"))).toEqual(new Map());
  });

  it("is nothing where it is not installed, or switched off", () => {
    expect(readResidency(of("vllm:num_requests_running 1"))).toBeNull();
    const off = of(info("disabled"), 'switchyard_lora_residency{lora_name="a",tier="gpu"} 1');
    expect(readResidency(off)).toBeNull();
    expect(readTierReporter(off)).toEqual({
      version: "0.1.0",
      vllmVersion: "0.32.0",
      status: "disabled",
      reason: "not this release",
    });
  });

  it("is heard before vLLM's own list, which is read where the plugin is away or switched off", () => {
    const engine = [
      'vllm:lora_adapter_loaded{adapter_name="x",level="gpu",pinned="false"} 1',
      'vllm:lora_adapter_loaded{adapter_name="x",level="cpu",pinned="false"} 1',
      'vllm:lora_adapter_loaded{adapter_name="y",level="cpu",pinned="true"} 1',
      'vllm:lora_adapter_loaded{adapter_name="z",level="disk"} 1',
    ];
    const listed = new Map([
      ["x", "gpu"],
      ["y", "cpu"],
    ]);
    expect(readResidency(of(...engine))).toEqual(listed);
    expect(readResidency(of(info("disabled"), ...engine))).toEqual(listed);
    expect(readTierReporter(of(info("disabled"), ...engine))).toMatchObject({ status: "engine" });
    const both = of(info("active"), 'switchyard_lora_residency{lora_name="a",tier="cpu"} 1', ...engine);
    expect(readResidency(both)).toEqual(new Map([["a", "cpu"]]));
    // a family that was declared and never set is no proof that nothing is loaded
    expect(readResidency(of("# TYPE vllm:lora_adapter_loaded gauge"))).toBeNull();
  });

  it("is not believed for names that cannot be, nor for more than a node can hold", () => {
    const odd = of(info("active"), 'switchyard_lora_residency{lora_name="a\u0000b",tier="gpu"} 1');
    expect(readResidency(odd)).toEqual(new Map());
    const many = Array.from({ length: 5_001 }, (_, n) => `switchyard_lora_residency{lora_name="n${n}",tier="cpu"} 1`);
    expect(() => readResidency(of(...many))).toThrow("names more than 5000 adapters");
  });

  it("goes into the samples: slots, adapters of a batch, and swap times by source", () => {
    const samples = readNodeSamples(
      of(
        info("active"),
        'switchyard_lora_slots{tier="gpu"} 12',
        'switchyard_lora_slots{tier="cpu"} 48',
        'switchyard_lora_batch_adapters_bucket{le="1"} 3',
        'switchyard_lora_batch_adapters_bucket{le="+Inf"} 5',
        'switchyard_lora_swap_seconds_bucket{source="cpu",le="0.05"} 2',
        'switchyard_lora_swap_seconds_bucket{source="cpu",le="+Inf"} 2',
        'switchyard_lora_swap_seconds_bucket{source="disk",le="0.05"} 0',
        'switchyard_lora_swap_seconds_bucket{source="disk",le="+Inf"} 7',
      ),
    );
    expect(samples).toMatchObject({
      gauges: { "slots.gpu": 12, "slots.cpu": 48 },
      histograms: {
        batchAdapters: { le: [1], counts: [3, 2] },
        "swapSeconds.cpu": { le: [0.05], counts: [2, 0] },
        "swapSeconds.disk": { le: [0.05], counts: [0, 7] },
      },
      reporter: { status: "active" },
    });
  });
});

describe("the residency book", () => {
  const at = new Date("2026-11-24T12:00:00.000Z");
  const scrape = (epoch: number, residency: Record<string, "gpu" | "cpu"> | null) => ({
    nodeId: "n",
    at,
    epoch,
    residency: residency && new Map(Object.entries(residency)),
  });

  it("writes what moved, once it is known that the last writes were kept", () => {
    const tracker = createResidencyTracker([]);
    const first = tracker.changes([scrape(1, { a: "gpu", b: "cpu" })]);
    expect(first.put.map(({ loraName, tier }) => [loraName, tier])).toEqual([
      ["a", "gpu"],
      ["b", "cpu"],
    ]);
    expect(tracker.changes([scrape(1, { a: "gpu", b: "cpu" })])).toEqual(first); // the save failed: again
    tracker.confirm(first);
    expect(tracker.changes([scrape(1, { a: "gpu", b: "cpu" })])).toEqual({ put: [], drop: [] });
    const second = tracker.changes([scrape(1, { a: "cpu", c: "gpu" })]);
    expect(second).toMatchObject({
      put: [
        { loraName: "a", tier: "cpu" },
        { loraName: "c", tier: "gpu" },
      ],
      drop: [{ loraName: "b" }],
    });
  });

  it("takes nothing over from an earlier process, nor from one that no longer tells", () => {
    const tracker = createResidencyTracker([
      { nodeId: "n", loraName: "a", tier: "gpu", epoch: 1 },
      { nodeId: "other", loraName: "a", tier: "gpu", epoch: 1 },
    ]);
    expect(tracker.changes([scrape(2, { a: "gpu" })]).put).toMatchObject([{ loraName: "a", epoch: 2, since: at }]);
    expect(tracker.changes([scrape(1, null)])).toEqual({ put: [], drop: [{ nodeId: "n", loraName: "a" }] });
    expect(tracker.changes([])).toEqual({ put: [], drop: [] }); // a node that did not answer
  });
});
