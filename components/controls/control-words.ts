import { formatDuration } from "#components/ui/format-time.ts";
import { CONTROL_MINUTES, type ControlKind } from "#lib/fleet/browser/control-kinds.ts";

/** What a control is set on, with what people call it. */
export type ControlObject =
  | { type: "tenant"; tenantId: string; name: string }
  | { type: "node"; nodeId: string; name: string }
  | { type: "everything" };

/** What can be set on it, in the order of how little it takes from customers. */
export function kindsFor({ type }: ControlObject): readonly ControlKind[] {
  switch (type) {
    case "tenant":
      return ["serve_previous", "serve_fallback", "shed"];
    case "node":
      return ["cordon", "drain"];
    case "everything":
      return ["freeze"];
  }
}

/** Verb and object, as on the button. */
export function actionLabel(kind: ControlKind, object: ControlObject): string {
  const name = object.type === "everything" ? "" : object.name;
  switch (kind) {
    case "serve_previous":
      return "Serve previous version";
    case "serve_fallback":
      return "Serve fallback";
    case "shed":
      return `Shed ${name}`;
    case "freeze":
      return "Freeze cutovers and evals";
    case "cordon":
      return `Cordon ${name}`;
    case "drain":
      return `Drain ${name}`;
  }
}

/** The question that the dialog asks. */
export function dialogTitle(kind: ControlKind, object: ControlObject): string {
  const isToSomebody = kind === "serve_previous" || kind === "serve_fallback";
  const to = isToSomebody && object.type !== "everything" ? ` to ${object.name}` : "";
  return `${actionLabel(kind, object)}${to}?`;
}

/** The ids that the API takes. */
export const idsOf = (object: ControlObject): { tenantId?: string; nodeId?: string } => {
  switch (object.type) {
    case "tenant":
      return { tenantId: object.tenantId };
    case "node":
      return { nodeId: object.nodeId };
    case "everything":
      return {};
  }
};

const OFFERED_MINUTES = [5, 15, CONTROL_MINUTES.default, 60, 120, CONTROL_MINUTES.max] as const;
export const DURATIONS = OFFERED_MINUTES.map((minutes) => ({
  value: minutes,
  label: formatDuration(minutes * 60_000),
}));

/** What may have changed anywhere once something was set or ended by hand. */
export const TOUCHED = ["freeze", "nodes", "placements", "runs", "cutovers", "traffic"] as const;
