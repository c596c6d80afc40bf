import type { AlertEvidence, AlertSubject } from "../browser/alert-schema.ts";

/** Evidence of nothing in particular; an observation says what it has. */
export const NOTHING: AlertEvidence = {
  metric: null,
  figure: null,
  threshold: null,
  reason: null,
  note: null,
  adapters: null,
  touches: [],
  tenantIds: [],
};

export const subjectOf = (
  type: AlertSubject["type"],
  id: string,
  name: string,
  at: Partial<AlertSubject>,
): AlertSubject => ({
  type,
  id,
  name,
  poolId: null,
  nodeId: null,
  tenantId: null,
  versionId: null,
  ...at,
});
