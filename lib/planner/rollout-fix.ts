import type { FindingBody } from "#lib/alerting/browser/finding-schema.ts";
import type { EngineLimits } from "#lib/fleet/schema.ts";

type Target = Partial<EngineLimits>;

/** The page that begins a rollout, with these limits filled in. */
const rolloutHref = (poolId: string, target: Target): string =>
  `/pools/${poolId}/rollouts?${new URLSearchParams(Object.entries(target).map(([key, value]) => [key, String(value)]))}`;

/** Changing engine limits: the flags that change, the call that rolls them out, and the page that does. */
export function rolloutFix(poolId: string, target: Target, sentence: string): FindingBody["fix"] {
  return {
    sentence,
    command: apiCall("POST", `/pools/${poolId}/rollouts`, { target }),
    action: { label: "Roll out new limits", href: rolloutHref(poolId, target) },
    undo: "Roll out the limits it has now; each rollout restarts the nodes one at a time.",
  };
}

/** One call of the API as a shell runs it; the two variables are those of the operator's guide. */
export const apiCall = (method: "POST" | "PATCH", path: string, body: object, generation?: number): string =>
  [
    `curl -sf -X ${method} "$SWITCHYARD/api/v1${path}" -H "authorization: Bearer $SWITCHYARD_KEY"`,
    ...(generation === undefined ? [] : [`-H 'if-match: "g${generation}"'`]),
    `-H "content-type: application/json" -d '${JSON.stringify(body)}'`,
  ].join(" \\\n  ");
