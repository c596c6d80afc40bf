import type { PutTraffic } from "#lib/cutover/browser/traffic-schema.ts";
import type { AdapterRoute } from "#lib/registry/schema.ts";

/** What stands in the form; null = no version. */
export type Shares = Required<PutTraffic>;

export const sharesOf = (route: AdapterRoute): Shares => ({
  candidateVersionId: route.candidateVersionId,
  weightPercent: route.weightPercent,
  mirrorVersionId: route.mirrorVersionId,
  mirrorPercent: route.mirrorPercent,
  overrideReason: "",
  confirmTenant: "",
});

/** Without a version there is no share of it, and without a reason none is given. */
export const bodyOf = ({ overrideReason, confirmTenant, ...shares }: Shares): PutTraffic => ({
  ...shares,
  weightPercent: shares.candidateVersionId === null ? 0 : shares.weightPercent,
  mirrorPercent: shares.mirrorVersionId === null ? 0 : shares.mirrorPercent,
  ...(overrideReason.trim() === "" ? {} : { overrideReason }),
  ...(confirmTenant === "" ? {} : { confirmTenant }),
});
