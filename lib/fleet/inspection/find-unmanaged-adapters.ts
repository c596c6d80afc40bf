import type { Ctx } from "#lib/identity/ctx.ts";
import { notFound } from "#lib/platform/errors.ts";
import { getPool, type PoolRecord } from "#lib/pools/store.ts";
import { checkSource, type SourceCheck } from "#lib/registry/intake/check-source.ts";
import type { NodeClient } from "#lib/vllm/node-client.ts";
import type { UnmanagedAdapter } from "../browser/inspection-schema.ts";
import { clientFor } from "../node-access.ts";
import { getNode } from "../node-store.ts";
import { expectedNames } from "./inspection-store.ts";
import { loraCards } from "./node-facts.ts";
import { isReferenceName } from "./reference-name.ts";
import { pathsHere } from "./unmanaged-adapter-path.ts";

/** Every weight of each is read: more than this at once would take minutes. */
const MOST_CHECKED = 25;

export type NodeOfPool = {
  name: string;
  pool: PoolRecord;
  adapterStore: string;
  expected: ReadonlySet<string>;
  client: NodeClient;
};

/** @throws AppError `not_found` */
export async function readNodeOfPool(ctx: Ctx, nodeId: string): Promise<NodeOfPool> {
  const node = await getNode(ctx.tx, nodeId);
  const pool = node && (await getPool(ctx.tx, node.poolId));
  if (!node || !pool) throw notFound("node");
  return {
    name: node.name,
    pool,
    adapterStore: ctx.deps.adapterStore,
    expected: await expectedNames(ctx.tx, nodeId),
    client: clientFor(ctx.deps, node),
  };
}

/** Adapters that the node lists now and nobody here asked for. @throws NodeError when it does not answer */
export async function listUnmanagedAdapters({
  client,
  expected,
}: NodeOfPool): Promise<{ loraName: string; root: string | null }[]> {
  const { cards } = await client.models();
  return loraCards(cards)
    .filter(({ id }) => !expected.has(id) && !isReferenceName(id))
    .map(({ id, root }) => ({ loraName: id, root: root ?? null }));
}

/**
 * The unmanaged adapters of a node, each with the checks that it would fail if it were adopted.
 * @throws NodeError when the node does not answer
 */
export async function findUnmanagedAdapters(node: NodeOfPool): Promise<UnmanagedAdapter[]> {
  const unmanagedAdapters = await listUnmanagedAdapters(node);
  const found: UnmanagedAdapter[] = [];
  for (const [index, unmanaged] of unmanagedAdapters.entries())
    found.push({
      ...unmanaged,
      ...(index < MOST_CHECKED
        ? describeCheck(await checkUnmanaged(node, unmanaged.root), unmanaged.root, node.pool.adapterDirectory)
        : { path: null, failures: null, note: `Not checked: only the first ${MOST_CHECKED} are.` }),
    });
  return found;
}

/** The first place of this machine where its folder can be read, and what the checks say of it. */
export async function checkUnmanaged(node: NodeOfPool, root: string | null): Promise<SourceCheck | null> {
  let last: SourceCheck | null = null;
  for (const path of pathsHere(root, node.pool.adapterDirectory, node.adapterStore)) {
    last = await checkSource(path, node.pool, node.adapterStore);
    if (last.readable) return last;
  }
  return last;
}

function describeCheck(
  check: SourceCheck | null,
  root: string | null,
  mount: string,
): Pick<UnmanagedAdapter, "path" | "failures" | "note"> {
  if (root === null) return { path: null, failures: null, note: "The node does not say where it loaded it from." };
  if (check === null)
    return {
      path: null,
      failures: null,
      note: `${root} is not below the adapter store's mount (${mount}), so it cannot be read from here.`,
    };
  if (!check.readable)
    return { path: null, failures: null, note: `Its folder cannot be read from here: ${check.reason}` };
  const failures = check.findings
    .filter(({ severity }) => severity === "error")
    .map(({ code, message, fix }) => ({ code, message, fix }));
  const note =
    failures.length === 0
      ? "It passes every check and can be adopted as a new version."
      : "It cannot be adopted as it is: it would be refused, or recorded as a rejected version.";
  return { path: check.path, failures, note };
}
