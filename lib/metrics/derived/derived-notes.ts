import type { Tx } from "#lib/platform/db.ts";
import { namedNodes } from "../charts/named-nodes.ts";
import { exactSince } from "./derived-rollup-store.ts";
import type { Uncertainty } from "./derived-rows.ts";
import { type DerivedPart, UNCERTAINTY_WORDS } from "./fill-chart.ts";
import { foreignSentence } from "./foreign-traffic.ts";
import { readForeign } from "./read-foreign.ts";

type Named = { id: string; name: string };

/** Says of a chart which nodes' figures were derived, since when those are exact, and why others are only inferred. */
export async function derivedNotes(
  tx: Tx,
  nodes: readonly Named[],
  parts: readonly DerivedPart[],
  to: Date,
): Promise<string[]> {
  const nameOf = new Map(nodes.map(({ id, name }) => [id, name]));
  const named = parts.map(({ nodeId, uncertainty, isPartly }) => ({
    id: nodeId,
    name: `${nameOf.get(nodeId) ?? "a node that is gone"}${isPartly ? " (in part)" : ""}`,
    uncertainty,
  }));
  if (named.length === 0) return [];
  const exact = named.filter(({ uncertainty }) => uncertainty === null);
  const notes: string[] = [];
  if (exact.length > 0)
    notes.push(`Derived for ${namedNodes(exact)} from our own requests and loads, by an exact model of vLLM's cache.`);
  for (const uncertainty of new Set(named.map((one) => one.uncertainty))) {
    if (uncertainty === null) continue;
    const own = named.filter((one) => one.uncertainty === uncertainty);
    notes.push(await uncertaintyNote(tx, own, uncertainty, to));
  }
  return notes;
}

async function uncertaintyNote(tx: Tx, nodes: readonly Named[], uncertainty: Uncertainty, to: Date): Promise<string> {
  const [only] = nodes;
  const names = namedNodes(nodes);
  if (nodes.length !== 1 || only === undefined) return `Only inferred for ${names}: ${UNCERTAINTY_WORDS[uncertainty]}.`;
  const counts = uncertainty === "foreign" ? await foreignText(tx, only, to) : null;
  const exact = (await exactSince(tx, [only.id], to)).get(only.id);
  const until =
    exact === undefined ? "" : ` Exact again since ${exact.toISOString().slice(0, 16).replace("T", " ")} UTC.`;
  return `Only inferred for ${names}: ${counts ?? UNCERTAINTY_WORDS[uncertainty]}.${until}`;
}

async function foreignText(tx: Tx, node: Named, to: Date): Promise<string | null> {
  const found = await readForeign(tx, node.id, to);
  return found === null ? null : foreignSentence("it", found);
}
