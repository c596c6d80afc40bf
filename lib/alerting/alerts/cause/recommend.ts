import type { SuggestedAction } from "../../browser/alert-schema.ts";
import type { PitfallFinding } from "../../browser/finding-schema.ts";
import { forecastText } from "../../browser/forecast-text.ts";
import type { NodeFacts } from "../alert-facts.ts";
import { onNode, page } from "../suggested-actions.ts";
import type { Candidate } from "./list-candidates.ts";

type Confirmed = Pick<Candidate, "kind" | "what" | "href" | "nodeId" | "alertKey">;

/** What to do about a confirmed cause, the step most likely to help first; nothing here is about another cause. */
export function recommend(
  cause: Confirmed,
  finding: PitfallFinding | null,
  nodes: readonly Pick<NodeFacts, "id" | "name" | "poolId">[],
): SuggestedAction[] {
  const node = nodes.find(({ id }) => id === cause.nodeId) ?? null;
  const fix = finding === null ? [] : fixOf(finding);
  return [...fix, ...stepsFor(cause, node)].slice(0, 3);
}

/** What a detector computed. */
function fixOf(finding: PitfallFinding): SuggestedAction[] {
  const { action, sentence, undo } = finding.fix;
  if (action === null) return [];
  const forecast = finding.forecast === null ? "" : ` Predicted: ${forecastText(finding.forecast)} (forecast).`;
  return [{ ...page(action.label, `${sentence}${forecast}`, action.href), undo }];
}

function stepsFor(cause: Confirmed, node: Pick<NodeFacts, "id" | "name" | "poolId"> | null): SuggestedAction[] {
  const shown = cause.href === null ? [] : [page("Open what was out of range", `${cause.what}.`, cause.href)];
  switch (cause.kind) {
    case "evictions":
    case "active_adapters":
    case "disk_reads":
      return node === null
        ? shown
        : [
            page("Open its swaps", "Shows which adapters push each other out.", `/nodes/${node.id}/swaps`),
            page(
              "Plan its placement",
              "Shows what fewer adapters on this node change.",
              `/pools/${node.poolId}/placement`,
            ),
          ];
    case "evaluation":
      return [page("Open evaluations", "Shows the runs; pause or cancel those on this node.", "/evals")];
    case "shadow":
      return [page("Open cutovers", "Shows which cutovers copy requests; pause or abort them there.", "/cutovers")];
    case "queue":
      return [page("Open traffic", "Shows each tenant's requests of this moment.", "/traffic")];
    case "alert":
      return [
        page("Open that alert", "Shows its cause and what to do about it.", cause.href ?? "/alerts"),
        ...downNode(cause, node),
      ];
    case "finding":
      return shown;
  }
}

/** A node that does not answer can be taken out of the way. */
const downNode = ({ alertKey }: Confirmed, node: { id: string; name: string } | null): SuggestedAction[] =>
  node !== null && alertKey === `node_down:node:${node.id}` ? [onNode(node, "cordon")] : [];
