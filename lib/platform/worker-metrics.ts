import { collectDefaultMetrics, Registry } from "prom-client";
import type { Clock } from "./clock.ts";
import type { LoopRegistry, LoopState } from "./loop-registry.ts";
import { readGauges } from "./read-gauge.ts";

const PREFIX = "switchyard_worker_";
const STATES: readonly LoopState["state"][] = ["starting", "running", "waiting", "standby"];

/** A worker's own figures: its process, and for each of its loops what it is doing and for how long. */
export function createWorkerMetrics(book: LoopRegistry, clock: Clock): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: PREFIX });
  const gauge = readGauges(registry, PREFIX);
  gauge("loop_state", "1 = the loop is in this state.", ["loop", "state"], (own) => {
    for (const { name, state } of book.list())
      for (const one of STATES) own.set({ loop: name, state: one }, one === state ? 1 : 0);
  });
  gauge("loop_state_seconds", "For how long the loop has been in its state.", ["loop"], (own) => {
    for (const { name, since } of book.list())
      own.set({ loop: name }, Math.max(0, (clock.now().getTime() - since.getTime()) / 1000));
  });
  gauge("loop_interval_seconds", "Between two runs of the loop, at most.", ["loop"], (own) => {
    for (const { name, everyMs } of book.list()) own.set({ loop: name }, everyMs / 1000);
  });
  return registry;
}
