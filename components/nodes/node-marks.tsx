import FlaskConical from "lucide-react/icons/flask-conical";
import { StatusShape } from "#components/ui/status.tsx";
import type { Node } from "#lib/fleet/schema.ts";

/** What sets a node apart: born in a simulation, or kept for evaluation baselines. Nothing for an ordinary one. */
export function NodeMarks({
  node,
  isShort = false,
}: {
  node: Pick<Node, "simulated" | "standalone">;
  /** In a row of a table: the flask alone, its word for screen readers. */
  isShort?: boolean;
}) {
  if (!node.simulated && !node.standalone) return null;
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2 text-xs font-normal text-fg-3">
      {node.standalone && <span title="Serves evaluation baselines only, never customers">standalone</span>}
      {node.simulated && (
        <span className="inline-flex items-center gap-1" title="Simulated">
          <FlaskConical aria-hidden="true" className="size-3" />
          <span className={isShort ? "sr-only" : undefined}>simulated</span>
        </span>
      )}
    </span>
  );
}

/** Loaded against wanted versions, and how many failed: "39 of 40 · 1 failed". */
export function LoadedCount({ placements }: { placements: Node["placements"] }) {
  const { desired, routable, failed } = placements;
  if (desired === 0) return <span className="text-fg-3">None desired</span>;
  return (
    <span className="tabular-nums sm:whitespace-nowrap">
      {routable} of {desired}
      {failed > 0 && <span className="text-bad"> · {failed} failed</span>}
    </span>
  );
}

const counted = (count: number, one: string, many: string): string => (count === 1 ? `1 ${one}` : `${count} ${many}`);

/** What an inspection and the polls have to say against a node: problems, warnings, node drift. */
export function NodeNotes({ node }: { node: Pick<Node, "findings" | "drift"> }) {
  const { findings, drift } = node;
  const notes = [
    ...(findings && findings.problems > 0
      ? [{ role: "bad" as const, text: counted(findings.problems, "problem", "problems") }]
      : []),
    ...(findings && findings.warnings > 0
      ? [{ role: "warn" as const, text: counted(findings.warnings, "warning", "warnings") }]
      : []),
    ...(drift.length > 0
      ? [{ role: "warn" as const, text: counted(drift.length, "unmanaged adapter", "unmanaged adapters") }]
      : []),
  ];
  if (notes.length === 0) return <span className="text-fg-3">{findings === null ? "Never inspected" : "Nothing"}</span>;
  return (
    <span className="inline-flex flex-wrap items-center gap-x-3">
      {notes.map(({ role, text }) => (
        <span key={text} className="inline-flex items-center gap-1.5 whitespace-nowrap">
          <StatusShape state={role} />
          {text}
        </span>
      ))}
    </span>
  );
}
