import type { CacheBefore } from "./derive-cache.ts";
import type { NodeAct } from "./node-timeline.ts";

/**
 * What is known of a process's tiers from all that was loaded there: host memory keeps every copy it ever got while there
 * is room, also of names that were unloaded since.
 * @param earlier since the process began; null = nobody saw it begin
 */
export function residentAfter(
  earlier: readonly NodeAct[] | null,
  maxCpuLoras: number,
): { before: CacheBefore; loaded: string[] } {
  if (earlier === null) return { before: "unknown", loaded: [] };
  const loads = earlier.flatMap((act) => (act.kind === "load" ? act.loraName : []));
  const names = [...new Set(loads)];
  const loaded = new Set<string>();
  for (const act of earlier)
    if (act.kind === "load") loaded.add(act.loraName);
    else if (act.kind === "unload") loaded.delete(act.loraName);
  if (loads.length === 0) return { before: "empty", loaded: [] };
  const isKnown = names.length === loads.length && names.length <= maxCpuLoras;
  return { before: isKnown ? names : "unknown", loaded: [...loaded] };
}
