import { describe, expect, it } from "vitest";
import { nextRank } from "./adapter-bytes.ts";
import { gpuMemoryBytes } from "./gpu-memory.ts";
import { type MemoryNode, type MemoryPool, poolMemory, versionMemory } from "./memory.ts";
import { LLAMA_8B } from "./testing/llama-8b.ts";

const MIB = 1024 ** 2;
const AT = "2026-11-24T10:00:00.000Z";
const LINEAR = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"];
const pool = (maxLoraRank: number): MemoryPool => ({
  id: "pool_1",
  baseShapes: LLAMA_8B,
  dtype: "bfloat16",
  maxLoras: 12,
  maxLoraRank,
  maxCpuLoras: 48,
});
const node: MemoryNode = { gpu: "A100-SXM4-80GB", pricePerHour: 0.82, simulated: false };
const version = (rank: number | null, targetModules = LINEAR) => ({ id: "ver_1", rank, targetModules });
const mib = ({ figure }: { figure: { value: number | null } }) => Math.round((figure.value ?? Number.NaN) / MIB);

describe("versionMemory", () => {
  it.each([
    [16, 88],
    [64, 352],
    [256, 1409],
  ])("knows the slot of Llama 3 8B at rank %d: %d MiB", (rank, expected) => {
    expect(mib(versionMemory(pool(rank), version(rank), [], AT).slot)).toBe(expected);
  });

  it("loses seven eighths of a slot's modules when rank 8 stands beside rank 64", () => {
    const memory = versionMemory(pool(64), version(8), [], AT);
    expect(memory.wasteShare.figure).toMatchObject({ value: 0.875, source: "derived", unit: "ratio" });
    expect([mib(memory.real), mib(memory.padded), mib(memory.waste)]).toEqual([40, 320, 280]);
    expect(mib(memory.untouched)).toBe(32); // embed_tokens and lm_head
    expect(memory.host.figure.value).toBe(memory.real.figure.value);
  });

  it("counts the modules that it touches, and no others", () => {
    const { real } = versionMemory(pool(16), version(16, ["q_proj", "v_proj"]), [], AT);
    expect(real.figure.value).toBe(16 * 32 * (4096 + 4096 + 4096 + 1024) * 2);
  });

  it("is unknown, not zero, before the rank was read, for foreign modules and for an unknown base", () => {
    const unread = versionMemory(pool(16), version(null), [node], AT);
    const foreign = versionMemory(pool(16), version(16, ["experts"]), [node], AT);
    for (const { real, waste, wasteShare, wasteCost } of [unread, foreign])
      expect([real, waste, wasteShare, wasteCost].map(({ figure }) => figure.value)).toEqual([null, null, null, null]);
    expect(mib(unread.slot)).toBe(88);
    const unknown = versionMemory({ ...pool(16), baseShapes: null }, version(16), [node], AT);
    expect([unknown.slot.figure.value, unknown.slotCost.figure.value]).toEqual([null, null]);
  });

  it("prices a slot by its share of each node's GPU, and says how many of them have a price", () => {
    const nodes = [node, { ...node, pricePerHour: null }, { ...node, gpu: "A100" }];
    const { slotCost } = versionMemory(pool(16), version(16), nodes, AT);
    expect(slotCost.figure).toMatchObject({ unit: "USD/month", coverage: { seen: 1, of: 3 } });
    expect(slotCost.figure.value).toBeCloseTo((88.06 / (80 * 1024)) * 0.82 * 730, 2);
    expect(versionMemory(pool(16), version(16), [{ ...node, gpu: null }], AT).slotCost.figure.value).toBeNull();
  });

  it("says what the next rank would cost every slot of every node", () => {
    const { higherRank } = versionMemory(pool(16), version(16), [node, node], AT);
    expect([higherRank?.rank, higherRank && mib(higherRank.slot), higherRank && mib(higherRank.extra)]).toEqual([
      32, 176, 2114,
    ]);
    expect(versionMemory(pool(512), version(512), [], AT).higherRank).toBeNull();
  });
});

describe("poolMemory", () => {
  it("takes the mean loss over live versions and leaves out what has no rank", () => {
    const live = [version(16), version(8), version(8), version(null)];
    const memory = poolMemory(pool(16), live, [node], AT);
    expect(memory.wasteShare.figure).toMatchObject({ coverage: { seen: 3, of: 4 } });
    expect(memory.wasteShare.figure.value).toBeCloseTo(1 / 3);
    expect(memory.ranks).toEqual([
      { rank: 8, versions: 2 },
      { rank: 16, versions: 1 },
    ]);
    expect([mib(memory.slots), mib(memory.waste), mib(memory.host)]).toEqual([1057, 352, 4228]);
  });

  it("knows no loss where nothing is live", () => {
    const { wasteShare, waste, wasteCost } = poolMemory(pool(16), [], [node], AT);
    expect([wasteShare, waste, wasteCost].map(({ figure }) => figure.value)).toEqual([null, null, null]);
  });
});

it.each([
  ["A100-SXM4-80GB", 80],
  ["NVIDIA A100 40 GB", 40],
  ["NVIDIA H100 PCIe", 80],
  ["L40S", 48],
  ["L4", 24],
  ["A100", null],
  ["something else", null],
  [null, null],
])("gpuMemoryBytes(%s) is %s GiB", (gpu, gib) => {
  expect(gpuMemoryBytes(gpu)).toBe(gib === null ? null : gib * 1024 ** 3);
});

it("nextRank takes vLLM's own steps", () => expect([8, 256, 320, 512].map(nextRank)).toEqual([16, 320, 512, null]));
