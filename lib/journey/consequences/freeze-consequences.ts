import { count, namedTenants } from "./format-parts.ts";
import type { Effects } from "./node-consequences.ts";

type OfTenant = { tenantId: string; tenantName: string };
export type FreezeFacts = {
  /** Cutovers under way. */
  cutovers: readonly (OfTenant & { phase: string })[];
  runs: readonly (OfTenant & { state: "queued" | "running" })[];
};

/** What follows when nothing may change for a while. */
export function freezeConsequences({ cutovers, runs }: FreezeFacts): Effects {
  const running = runs.filter(({ state }) => state === "running").length;
  const phases = [...new Set(cutovers.map(({ phase }) => phase))].sort();
  return {
    sentence: "No cutover moves and no evaluation asks anything; customers' requests are answered as before.",
    changes: [
      {
        what: count(cutovers.length, "cutover under way", "cutovers under way"),
        from: phases.join(", ") || "none",
        to: cutovers.length === 0 ? "none may start" : "stay in their phase; rolling back and aborting still work",
      },
      {
        what: count(runs.length, "evaluation"),
        from: runs.length === 0 ? "none" : `${running} running, ${runs.length - running} queued`,
        to: runs.length === 0 ? "none may start" : "pause, and continue automatically afterwards",
      },
    ],
    tenants: namedTenants([...cutovers, ...runs]),
    requests: 0,
    predicted: running === 0 ? [] : ["Nodes get the room that evaluations take now."],
    withoutAnswer: { count: 0, names: [] },
    undo: "Lift the freeze: everything continues where it stopped. It also ends automatically when its time is up.",
  };
}
