import type { Ctx } from "#lib/identity/ctx.ts";
import { GATE_EXPIRED, type ObservedCondition } from "#lib/metrics/conditions/record-condition.ts";
import { readGates } from "../verdict/read-gate.ts";
import { listLiveVersions } from "./watch-store.ts";

/** Of each live version that has a pass, whether it still says something about today. One that went live without is no news. */
export async function observePasses(ctx: Ctx): Promise<ObservedCondition[]> {
  const live = await listLiveVersions(ctx.tx);
  const gates = await readGates(
    ctx,
    live.map(({ versionId }) => versionId),
  );
  return live.flatMap(({ versionId, tenantId, name }) => {
    const gate = gates.get(versionId);
    if (gate?.verdict?.outcome !== "pass") return [];
    const isExpired = gate.expired.length > 0;
    return {
      subject: `version:${versionId}`,
      type: GATE_EXPIRED,
      tenantId,
      status: isExpired ? ("true" as const) : ("false" as const),
      reason: isExpired ? "expired" : "stands",
      message: isExpired ? `${name}: ${gate.expired.join(" ")}` : `${name}: its pass is valid.`,
    };
  });
}
