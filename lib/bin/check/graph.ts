import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { ResolverFactory } from "oxc-resolver";
import { type Import, type ParsedModule, parseModule } from "./parse-module.ts";

/** An import and what it leads to: a file of ours, or a package. */
export type Edge = Import & { target: string | null; package: string | null };

export type Module = Omit<ParsedModule, "imports"> & { edges: Edge[] };

export type Graph = { modules: ReadonlyMap<string, Module>; unresolved: { path: string; edge: Edge }[] };

const isOurs = (specifier: string): boolean => specifier.startsWith(".") || specifier.startsWith("#");

/** `next/headers` → `next`, `@prisma/client/runtime` → `@prisma/client`, `node:fs` → `node:fs`. */
const packageOf = (specifier: string): string => {
  if (specifier.startsWith("node:")) return specifier;
  const parts = specifier.split("/");
  return specifier.startsWith("@") ? parts.slice(0, 2).join("/") : (parts[0] ?? specifier);
};

/**
 * Reads and parses files and resolves what they import from each other.
 * @param root the project's top folder; `files` are relative to it
 * @throws Error for a file that does not parse
 */
export function readGraph(root: string, files: readonly string[]): Graph {
  // No extensions: an import must name its file, as Node wants it.
  const resolver = new ResolverFactory({ conditionNames: ["node", "import"], extensions: [] });
  const modules = new Map<string, Module>();
  const unresolved: Graph["unresolved"] = [];
  for (const path of files) {
    const { imports, ...parsed } = parseModule(path, readFileSync(join(root, path), "utf8"));
    const edges = imports.map((each): Edge => {
      if (!isOurs(each.specifier)) return { ...each, target: null, package: packageOf(each.specifier) };
      const { path: found } = resolver.sync(dirname(join(root, path)), each.specifier);
      const target = found ? relative(root, found) : null;
      return { ...each, target, package: null };
    });
    for (const edge of edges) if (edge.package === null && edge.target === null) unresolved.push({ path, edge });
    modules.set(path, { ...parsed, edges });
  }
  return { modules, unresolved };
}
