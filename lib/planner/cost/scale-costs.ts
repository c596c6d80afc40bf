import { slotBytes } from "#lib/pools/slot-bytes.ts";
import { type Gpu, MEASURED_COSTS, type NodeCosts } from "./coefficients.ts";
import { baseWeightsBytes } from "./node-memory.ts";
import type { StepCoefficients } from "./step-time.ts";

type Model = NodeCosts["model"];

/**
 * The costs of a base model on a GPU: the measured ones where there are any, else those of the measured model that is
 * nearest in size, scaled and marked `extrapolated`. @throws Error when nothing was measured at all
 */
export function costsOf(gpu: Gpu, model: Model, measured: readonly NodeCosts[] = MEASURED_COSTS): NodeCosts {
  const exact = measured.find((one) => one.gpu.name === gpu.name && one.model.name === model.name);
  if (exact !== undefined) return exact;
  const far = (one: NodeCosts) => Math.abs(Math.log(baseWeightsBytes(one.model) / baseWeightsBytes(model)));
  const [nearest] = [...measured].sort((a, b) => far(a) - far(b));
  if (nearest === undefined) throw new Error("no GPU was measured that costs could be scaled from");
  return scaleCosts(nearest, gpu, model);
}

/**
 * By published figures: what reads the base's weights by their bytes and the memory's bandwidth, what LoRA's kernels do by
 * a slot's bytes and the bandwidth, prompt tokens by weights and FLOPs, a swap by a slot's bytes.
 */
function scaleCosts(from: NodeCosts, gpu: Gpu, model: Model): NodeCosts {
  const bandwidth = from.gpu.gigabytesPerS / gpu.gigabytesPerS;
  const weights = baseWeightsBytes(model) / baseWeightsBytes(from.model);
  const slot = rankBytes(model) / rankBytes(from.model);
  const by: Readonly<Record<keyof StepCoefficients, number>> = {
    baseMs: weights * bandwidth,
    requestMs: weights * bandwidth,
    distinctMs: slot * bandwidth,
    slotRankMs: slot * bandwidth,
    requestSlotMs: slot * bandwidth,
    requestDistinctMs: slot * bandwidth,
    promptTokenMs: (weights * from.gpu.teraflops) / gpu.teraflops,
    swapMs: slot,
    waitingMs: 1,
  };
  const names = Object.keys(by) as (keyof StepCoefficients)[];
  const scaled = Object.fromEntries(names.map((name) => [name, from.step[name] * by[name]]));
  return {
    ...{ gpu, model, step: { ...from.step, ...scaled }, memory: { ...from.memory, slotExtraBytes: 0 } },
    source: `scaled from ${from.model.name} on ${from.gpu.name} by published bandwidth and FLOPs`,
    ...{ error: null, extrapolated: true },
  };
}

/** A slot's bytes for each rank; 1 for an architecture that is not known, so that nothing is scaled by it. */
const rankBytes = ({ shapes, dtype }: Model): number => slotBytes({ baseShapes: shapes, maxLoraRank: 1, dtype }) || 1;
