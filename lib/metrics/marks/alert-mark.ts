import type { Annotation } from "../schema.ts";

/** An alert that fired, or that was over, as a row. */
export type AlertMoment = {
  id: string;
  subjectName: string;
  /** What is wrong, to follow the name. */
  what: string;
  tenantId: string | null;
  nodeId: string | null;
  at: Date;
  isEnd: boolean;
};

/** "Alert: node-1 does not answer", and once more when it is over. */
export const alertMark = ({ id, subjectName, what, tenantId, nodeId, at, isEnd }: AlertMoment): Annotation => ({
  id: isEnd ? `${id}-end` : id,
  at: at.toISOString(),
  kind: "alert",
  title: `${isEnd ? "Alert over" : "Alert"}: ${subjectName} ${what}`,
  outcome: "ok",
  tenantId,
  nodeId,
  ref: { type: "alert", id },
});
