import type { ChosenVersion } from "./bulk-store.ts";

export type Judgement = { act: boolean; reason: string; fix: string | null };

export const act = (reason: string): Judgement => ({ act: true, reason, fix: null });
export const skip = (reason: string, fix: string | null = null): Judgement => ({ act: false, reason, fix });

/** "node-1, node-2 and 3 more". */
export function listNames(names: readonly string[]): string {
  const [shown, rest] = [names.slice(0, 3), names.length - 3];
  if (rest > 0) return `${shown.join(", ")} and ${rest} more`;
  const last = shown.at(-1) ?? "no node";
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(", ")} and ${last}`;
}

/** What keeps a version from being loaded at all; null = nothing. */
export function whyNotLoadable(version: ChosenVersion, servingNodes: number): Judgement | null {
  const { tenantName, tenantStatus, number, state } = version;
  if (tenantStatus === "offboarding" || tenantStatus === "archived")
    return skip(`${tenantName} is ${tenantStatus === "archived" ? "archived" : "being off-boarded"}.`);
  if (state !== "ready")
    return skip(
      `Version ${number} is ${state}; only a ready one can be loaded.`,
      state === "draft" || state === "checking" ? "Wait for its checks." : "Add a corrected version.",
    );
  if (servingNodes === 0) return skip("Its pool has no node that serves customers.", "Add a node to the pool first.");
  return null;
}

/** Where a version would be wanted, as far as that decides whether staging it does anything. */
export type StageSite = { nodeName: string; isThere: boolean; isFailing: boolean };

/** What staging would do with a version: nothing twice, and nothing that is refused anyway. */
export function judgeStage(version: ChosenVersion, sites: readonly StageSite[]): Judgement {
  const obstacle = whyNotLoadable(version, sites.length);
  if (obstacle) return obstacle;
  const failing = sites.filter(({ isFailing }) => isFailing);
  if (failing.length > 0) return act(`Tries again on ${namesOf(failing)}, where loading failed.`);
  const missing = sites.filter(({ isThere }) => !isThere);
  if (missing.length === 0) return skip(`It is wanted on ${namesOf(sites)} already.`);
  return act(`Loads on ${namesOf(missing)}.`);
}

const namesOf = (sites: readonly StageSite[]) => listNames(sites.map(({ nodeName }) => nodeName));
