import type { Graph } from "./graph.ts";
import { isTest } from "./house.ts";
import type { Violation } from "./rules.ts";

const SHARED_COMPONENTS = new Set(["ui", "charts"]);
const VAGUE_FOLDER = /(^|\/)(utils|helpers|common|misc)\//;

const featureOf = (path: string): string | null => /^components\/([^/]+)\//.exec(path)?.[1] ?? null;

/** Rule 5: features do not lean on each other, nothing goes round in circles, folders say what they hold. */
export function checkShape(graph: Graph): Violation[] {
  const found: Violation[] = [];
  for (const { path, edges } of graph.modules.values()) {
    if (VAGUE_FOLDER.test(path)) found.push({ rule: 5, path, line: 1, message: "name the folder after what it holds" });
    const from = featureOf(path);
    for (const { target, line } of edges) {
      const to = target === null ? null : featureOf(target);
      if (from !== null && to !== null && from !== to && !SHARED_COMPONENTS.has(to))
        found.push({ rule: 5, path, line, message: `components/${from} may not import components/${to}` });
    }
  }
  return [...found, ...findCycles(graph)];
}

/** One violation per circle of imports that exist at run time (Tarjan's strongly connected components). */
function findCycles(graph: Graph): Violation[] {
  const found: Violation[] = [];
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const onStack = new Set<string>();
  const visit = (path: string): void => {
    const order = index.size;
    index.set(path, order);
    low.set(path, order);
    stack.push(path);
    onStack.add(path);
    for (const { target, typeOnly } of graph.modules.get(path)?.edges ?? []) {
      if (typeOnly || target === null || !graph.modules.has(target)) continue;
      if (!index.has(target)) visit(target);
      if (onStack.has(target)) low.set(path, Math.min(low.get(path) ?? order, low.get(target) ?? order));
    }
    if (low.get(path) !== order) return;
    const circle = stack.splice(stack.indexOf(path));
    for (const each of circle) onStack.delete(each);
    if (circle.length > 1)
      found.push({ rule: 5, path, line: 1, message: `imports go round in a circle: ${circle.toSorted().join(", ")}` });
  };
  for (const path of graph.modules.keys()) if (!index.has(path)) visit(path);
  return found;
}

const MAX_FILE_LINES = 400;
const MAX_FUNCTION_LINES = 60;
const MAY_READ_ENV = /^lib\/platform\/env\.ts$|\.config\.(ts|mjs)$|^prisma\/[^/]+\.mjs$/;
const STORE = /(^|\/)([a-z-]+-)?store\.ts$/;

/** @returns what is wrong with using something there; null = it is fine */
function whyNot(what: string, path: string): string | null {
  if (what.startsWith("Promise."))
    return STORE.test(path) ? `a transaction has one connection: await one query after the other, no ${what}` : null;
  return what === "process.env" && MAY_READ_ENV.test(path) ? null : `${what} is not allowed`;
}

/** Rule 6: short files and functions, one place for the environment, no way round the types, one query at a time. */
export function checkSize(graph: Graph): Violation[] {
  const found: Violation[] = [];
  for (const { path, lines, functions, unsafe } of graph.modules.values()) {
    const report = (line: number, message: string) => found.push({ rule: 6, path, line, message });
    if (lines > MAX_FILE_LINES) report(1, `${lines} lines; ${MAX_FILE_LINES} is the limit`);
    for (const each of functions)
      if (each.lines > MAX_FUNCTION_LINES && !isTest(path))
        report(each.line, `${each.name} has ${each.lines} lines; ${MAX_FUNCTION_LINES} is the limit`);
    for (const { what, line } of unsafe) {
      const message = whyNot(what, path);
      if (message !== null) report(line, message);
    }
  }
  return found;
}
