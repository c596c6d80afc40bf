import type { SeenFinding } from "#lib/alerting/findings/record-finding.ts";
import { conditionOf, NODE_CONDITIONS } from "#lib/fleet/conditions.ts";
import { fromCatalog, type Judgement, nodeSubject } from "./judgement.ts";
import type { NodeFacts, PoolFacts, RejectedVersion } from "./pool-facts.ts";
import { counted, listed } from "./words.ts";

/** What an inspection says of a node whose tokens or messages are not the pool's, and how grave that is. */
const NODE_CODES: Readonly<Record<string, "critical" | "warning">> = {
  tokenizer_mismatch: "critical",
  chat_template_differs: "warning",
  no_chat_template: "warning",
};

/**
 * Base or tokenizer mismatch: a version was refused for its base, architecture or tokenizer, or a node is not what its pool
 * says (mission M1). A refused version is a notice: it never reached a node.
 */
export function detectMismatch(facts: PoolFacts): Judgement {
  return {
    seen: [
      ...facts.nodes.flatMap((node) => nodeFinding(node, facts) ?? []),
      ...facts.rejected.map((version) => versionFinding(version, facts)),
    ],
    blind: facts.nodes
      .filter(({ report }) => report === null)
      .map(({ id }) => ({ pitfall: "mismatch", nodeId: id }) as const),
  };
}

function nodeFinding(node: NodeFacts, { pool, now }: PoolFacts): SeenFinding | null {
  const base = conditionOf(node.conditions, NODE_CONDITIONS.baseModelMatches);
  const failed = (node.report ?? []).filter(({ code, severity }) => code in NODE_CODES && severity !== "pass");
  const wrong = [...(base?.status === "false" ? [base.message] : []), ...failed.map(({ message }) => message)];
  if (wrong.length === 0) return null;
  const isCritical = base?.status === "false" || failed.some(({ code }) => NODE_CODES[code] === "critical");
  const fixes = [...new Set(failed.flatMap(({ fix }) => fix ?? []))];
  return {
    pitfall: "mismatch",
    severity: isCritical ? "critical" : "warning",
    ...nodeSubject(node),
    body: {
      sentence: `${node.name} is not what its pool says: ${wrong.join(" ")}`,
      evidence: [
        {
          label: "Differences from the pool",
          figure: fromCatalog(wrong.length, "count", now),
          note: wrong.join(" "),
        },
      ],
      cause:
        "An adapter is trained on one base, one tokenizer and one way to put messages together. Where the node has others, it answers, but not what the adapter learned.",
      fix: {
        sentence: [
          ...fixes,
          `Start its engine with the pool's launch command, from ${pool.baseModel}; inspect it again afterwards.`,
        ].join(" "),
        command: null,
        action: { label: "Open the launch command", href: `/pools/${pool.id}/launch` },
        undo: null,
      },
      forecast: null,
    },
  };
}

function versionFinding(version: RejectedVersion, { pool, now }: PoolFacts): SeenFinding {
  const { versionId, adapterId, tenantId, name, problems } = version;
  return {
    pitfall: "mismatch",
    severity: "notice",
    subject: { type: "version", id: versionId, name },
    nodeId: null,
    tenantId,
    body: {
      sentence: `${name} was refused: ${listed(problems.map(({ title }) => title))}; it never reached a node.`,
      evidence: [
        {
          label: "Checks of base and tokenizer that it failed",
          figure: fromCatalog(problems.length, "count", now),
          note: problems.map(({ message }) => message).join(" "),
        },
      ],
      cause: `All adapters of ${pool.name} share ${pool.baseModel}, its architecture and its tokenizer. What was trained on others would load, and answer wrongly without an error.`,
      fix: {
        sentence:
          problems.find(({ fix }) => fix !== null)?.fix ??
          `Export it again from the pool's base model: ${counted(problems.length, "check")} must pass.`,
        command: null,
        action: { label: "See its report", href: `/adapters/${adapterId}/versions/${versionId}` },
        undo: null,
      },
      forecast: null,
    },
  };
}
