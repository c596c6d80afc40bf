import { EDGES } from "./edges.ts";
import { type Graph, readGraph } from "./graph.ts";
import { type FileList, listCodeFiles } from "./list-files.ts";
import { checkBrowser, checkConfinement, checkInside, checkPurity, checkRooms, type Violation } from "./rules.ts";
import { checkShape, checkSize } from "./shape-rules.ts";

export type RulesReport = { read: number; source: FileList["source"]; violations: Violation[]; problems: string[] };

/** Every rule over one graph. */
export function applyRules(graph: Graph, edges: ReadonlySet<string>): Violation[] {
  return [
    ...checkRooms(graph),
    ...checkInside(graph),
    ...checkPurity(graph, edges),
    ...checkConfinement(graph),
    ...checkBrowser(graph),
    ...checkShape(graph),
    ...checkSize(graph),
  ].toSorted((a, b) => a.rule - b.rule || a.path.localeCompare(b.path) || a.line - b.line);
}

/**
 * Checks the import rules of a working tree. `problems` are faults of the check itself: fewer files read than listed,
 * an import that leads nowhere, an exception for a file that is gone.
 */
export function checkImportRules(root: string, edges: ReadonlySet<string> = EDGES): RulesReport {
  const { files, source } = listCodeFiles(root);
  const graph = readGraph(root, files);
  const problems = graph.unresolved.map(
    ({ path, edge }) => `${path}:${edge.line} imports ${edge.specifier}, which does not exist`,
  );
  if (files.length === 0) problems.push("there are no code files");
  if (graph.modules.size < files.length) problems.push(`read ${graph.modules.size} of ${files.length} files`);
  for (const path of edges) if (!graph.modules.has(path)) problems.push(`edges.ts names ${path}, which does not exist`);
  return { read: graph.modules.size, source, violations: applyRules(graph, edges), problems };
}
