/**
 * Where a folder that a node names may stand on this machine: below the adapter store if the node has it below its mount,
 * else under the same path.
 * @param root as the node lists it
 * @returns absolute paths to try, in order; empty = the node names none that could be one of ours
 */
export function pathsHere(root: string | null, mount: string, adapterStore: string): string[] {
  if (root === null || !root.startsWith("/") || root.split("/").includes("..")) return [];
  const base = mount.replace(/\/+$/, "");
  if (!root.startsWith(`${base}/`)) return [];
  const below = `${adapterStore.replace(/\/+$/, "")}${root.slice(base.length)}`;
  return [...new Set([below, root])];
}
