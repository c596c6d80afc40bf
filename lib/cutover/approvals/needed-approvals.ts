import type { ApprovalStep } from "../browser/approval-schema.ts";
import type { CutoverTrack } from "../browser/plan-schema.ts";
import type { Decider, ReleasePolicy } from "../browser/policy-schema.ts";
import type { Step } from "../plan-step.ts";

export type Needed = { step: ApprovalStep; decider: Decider };

/**
 * Whom a cutover asks before a step, in this order. A cutover without a canary goes live in one step, so whoever would have
 * been asked before the canary is asked before that; somebody who is named for both is asked once.
 * @param policy of the tenant; with `reach: canary` one that the policy itself started stops there until somebody agrees
 */
export function neededApprovals(
  { beforeCanary, beforeLive, reach }: Pick<ReleasePolicy, "beforeCanary" | "beforeLive" | "reach">,
  { next, track, isByPolicy }: { next: Step; track: CutoverTrack; isByPolicy: boolean },
): Needed[] {
  const live = beforeLive ?? (isByPolicy && reach === "canary" ? "platform" : null);
  switch (next.phase) {
    case "canary":
      return next.index === 0 && beforeCanary !== null ? [{ step: "canary", decider: beforeCanary }] : [];
    case "full": {
      const hadCanary = track.kind === "stepwise";
      const last: Needed[] = live === null ? [] : [{ step: "live", decider: live }];
      if (hadCanary || beforeCanary === null || beforeCanary === live) return last;
      return live === null
        ? [{ step: "live", decider: beforeCanary }]
        : [{ step: "canary", decider: beforeCanary }, ...last];
    }
    case "shadow":
    case "soaking":
    case "completed":
      return [];
  }
}
