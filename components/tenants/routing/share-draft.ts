import type * as z from "zod";
import { limitOf } from "#components/ui/limit-text.ts";
import type { PutTraffic } from "#lib/cutover/traffic/traffic-schema.ts";
import type { AdapterRoute } from "#lib/registry/schema.ts";

/** What stands in the form: "" = no version. */
export type ShareDraft = {
  candidateVersionId: string;
  weightPercent: string;
  mirrorVersionId: string;
  mirrorPercent: string;
  overrideReason: string;
  /** The tenant's slug, where somebody sets aside a run of their own. */
  confirmTenant: string;
};

export const draftOf = (route: AdapterRoute): ShareDraft => ({
  candidateVersionId: route.candidateVersionId ?? "",
  weightPercent: String(route.weightPercent),
  mirrorVersionId: route.mirrorVersionId ?? "",
  mirrorPercent: String(route.mirrorPercent),
  overrideReason: "",
  confirmTenant: "",
});

/** Without a version there is no share of it. */
const percentOf = (versionId: string, text: string): number => (versionId === "" ? 0 : (limitOf(text) ?? 0));

export const bodyOf = (draft: ShareDraft): z.input<typeof PutTraffic> => ({
  candidateVersionId: draft.candidateVersionId || null,
  weightPercent: percentOf(draft.candidateVersionId, draft.weightPercent),
  mirrorVersionId: draft.mirrorVersionId || null,
  mirrorPercent: percentOf(draft.mirrorVersionId, draft.mirrorPercent),
  ...(draft.overrideReason.trim() === "" ? {} : { overrideReason: draft.overrideReason }),
  ...(draft.confirmTenant === "" ? {} : { confirmTenant: draft.confirmTenant }),
});
