import FlaskConical from "lucide-react/icons/flask-conical";
import type { Node } from "#lib/fleet/schema.ts";

/** What sets a node apart: born in a simulation, or kept for evaluation baselines. Nothing for an ordinary one. */
export function NodeMarks({ node }: { node: Pick<Node, "simulated" | "standalone"> }) {
  if (!node.simulated && !node.standalone) return null;
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2 text-xs font-normal text-fg-3">
      {node.standalone && <span title="Serves evaluation baselines only, never customers">standalone</span>}
      {node.simulated && (
        <span className="inline-flex items-center gap-1">
          <FlaskConical aria-hidden="true" className="size-3" />
          simulated
        </span>
      )}
    </span>
  );
}

/** Loaded against wanted versions, and how many failed: "39 of 40 · 1 failed". */
export function LoadedCount({ placements }: { placements: Node["placements"] }) {
  const { desired, routable, failed } = placements;
  if (desired === 0) return <span className="text-fg-3">None wanted</span>;
  return (
    <span className="sm:whitespace-nowrap">
      {routable} of {desired}
      {failed > 0 && <span className="text-bad"> · {failed} failed</span>}
    </span>
  );
}
