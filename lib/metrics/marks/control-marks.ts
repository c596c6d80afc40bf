import type { ControlRecord } from "#lib/fleet/controls/control-store.ts";
import { controlTitle } from "#lib/fleet/controls/view-control.ts";
import type { Annotation } from "../schema.ts";

/** Where a control begins and where it ends, as far as that lies inside the window. */
export function controlMarks(control: ControlRecord, window: { from: Date; to: Date }): Annotation[] {
  const { id, kind, tenantId, startedAt, endedAt, expiresAt, reason } = control;
  const title = controlTitle(kind, control);
  const ref = tenantId === null ? null : { type: "tenant", id: tenantId };
  const mark = (markId: string, at: Date, text: string): Annotation[] =>
    at < window.from || at > window.to
      ? []
      : [
          {
            id: markId,
            at: at.toISOString(),
            kind: "control",
            title: text,
            outcome: "ok",
            tenantId,
            nodeId: null,
            ref,
          },
        ];
  return [...mark(id, startedAt, `${title}: ${reason}`), ...mark(`${id}-end`, endedAt ?? expiresAt, `${title}: over`)];
}
