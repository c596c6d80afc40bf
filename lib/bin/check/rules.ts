import type { Edge, Graph, Module } from "./graph.ts";
import {
  INSIDE,
  inPureFolder,
  isApiClient,
  isBrowserFolder,
  isDomain,
  isSchema,
  isTest,
  partOf,
  placeInside,
  type Room,
  rank,
  roomOf,
} from "./house.ts";

/** One broken rule, at a line of a file. `rule` is the number in the design's list. */
export type Violation = { rule: 1 | 2 | 3 | 4 | 5 | 6; path: string; line: number; message: string };

const each = function* (graph: Graph): Generator<[Module, Edge]> {
  for (const module of graph.modules.values()) for (const edge of module.edges) yield [module, edge];
};

/** What a few rooms may import beyond or below the order. */
const mayImport = (from: Room, to: Room, target: string): boolean => {
  if (from === to || from === "bin") return true;
  if (to === "gateway") return from === "api" && /^lib\/gateway\/(routes|schema)\.ts$/.test(target);
  switch (from) {
    case "vllm":
      return to === "platform";
    case "cli":
      return isApiClient(target) || isSchema(target);
    case "sim":
      return to === "platform" || target === "lib/vllm/schema.ts";
    case "demo":
      return (
        to === "platform" || to === "sim" || isApiClient(target) || /^lib\/evals\/suites\/generator\//.test(target)
      );
    default:
      return rank(to) < rank(from);
  }
};

/** Rooms that pages and route handlers never need. */
const NOT_FOR_APP: readonly Room[] = ["gateway", "cli", "sim", "demo", "testbed", "soak", "bench", "bin"];

/** Rule 1: rooms look up the list only; nothing of the product imports pages, tests or programs. */
export function checkRooms(graph: Graph): Violation[] {
  const found: Violation[] = [];
  for (const [{ path }, { target, line }] of each(graph)) {
    if (target === null || isTest(path)) continue;
    const report = (message: string) => found.push({ rule: 1, path, line, message });
    const [from, to] = [roomOf(path), roomOf(target)];
    if (isTest(target) && !/\.config\.(ts|mjs)$/.test(target))
      report(`the product imports ${target}, which is for tests`);
    else if (from && to && !mayImport(from, to, target)) report(`room ${from} may not import ${target}`);
    else if (from && /^(app|components)\//.test(target)) report(`room ${from} may not import ${target}`);
    else if (path.startsWith("app/") && to && NOT_FOR_APP.includes(to)) report(`app may not import ${target}`);
  }
  return found;
}

/** Rule 1, inside a room: where its folders have an order, they import along it. */
export function checkInside(graph: Graph): Violation[] {
  const found: Violation[] = [];
  for (const { path, edges } of graph.modules.values()) {
    const room = roomOf(path);
    const order = room && INSIDE[room];
    if (!order || isTest(path)) continue;
    const part = partOf(path);
    const place = placeInside(order, part);
    if (place < 0) found.push({ rule: 1, path, line: 1, message: `${part} has no place in the order of ${room}` });
    for (const { target, line } of edges)
      if (place >= 0 && target !== null && roomOf(target) === room && placeInside(order, partOf(target)) > place)
        found.push({ rule: 1, path, line, message: `${part} may not import ${target}, which comes later in ${room}` });
  }
  return found;
}

/** Files whose name says that they touch the world. */
const EDGE_NAME = /(^|\/)(([a-z-]+-)?(store|loop|routes))\.ts$/;
/** Who is handed the world, or a part of it, is a use case or an edge, not a pure decision. */
const WORLD_TYPES = ["Ctx", "Deps", "Tx", "Database", "Outbound", "NodeClient"];

const isPure = (module: Module, edges: ReadonlySet<string>): boolean => {
  const { path } = module;
  if (isTest(path)) return false;
  if (isSchema(path) || isBrowserFolder(path) || inPureFolder(path)) return true;
  if (!isDomain(path) || EDGE_NAME.test(path) || edges.has(path)) return false;
  return !WORLD_TYPES.some((name) => module.importedTypes.has(name));
};

/** Of Node, only what computes: paths, hashes, checksums, bytes. (The browser gets none of it: rule 4.) */
const IMPURE_PACKAGE =
  /^(node:(?!path$|crypto$|zlib$|buffer$|url$|util$).*|@prisma\/client|@prisma\/adapter-pg|pg|next|next-auth|react|react-dom|undici)$/;

const CHANCE = /^random|^getRandomValues$/;

/**
 * Rule 2: pure files take time, chance, waiting and fetching as arguments and do no I/O.
 * @param edges files that touch the world although neither their name nor their types say so
 */
export function checkPurity(graph: Graph, edges: ReadonlySet<string>): Violation[] {
  const found: Violation[] = [];
  for (const module of graph.modules.values()) {
    if (!isPure(module, edges)) continue;
    const { path } = module;
    for (const edge of module.edges) {
      const prisma = edge.target?.startsWith("prisma/") ?? false;
      if (!edge.typeOnly && (prisma || IMPURE_PACKAGE.test(edge.package ?? "")))
        found.push({ rule: 2, path, line: edge.line, message: `a pure file imports ${edge.specifier}` });
      for (const name of edge.names)
        if (edge.package === "node:crypto" && CHANCE.test(name))
          found.push({ rule: 2, path, line: edge.line, message: `a pure file takes chance from ${name}` });
    }
    for (const { what, line } of module.ambient)
      found.push({ rule: 2, path, line, message: `a pure file uses ${what}: take it as an argument` });
  }
  return found;
}

type Confined = { what: RegExp; allowed: RegExp; where: string; alsoInTests: boolean };

const CONFINED: readonly Confined[] = [
  {
    what: /^(@prisma\/.*|prisma|pg|prisma\/.*)$/,
    allowed: /^(lib\/platform\/|lib\/(bench|soak|testbed)\/|prisma\/|prisma\.config\.ts$)|(^|\/)([a-z-]+-)?store\.ts$/,
    where: "store.ts, lib/platform and prisma",
    alsoInTests: false,
  },
  { what: /^recharts$/, allowed: /^components\/charts\//, where: "components/charts", alsoInTests: true },
  {
    what: /^(next|next-auth)$/,
    allowed: /^(app\/|components\/|lib\/api\/|proxy\.ts$|next\.config\.mjs$)/,
    where: "app, components, lib/api and proxy.ts",
    alsoInTests: true,
  },
];

/** Rule 3: the database, the chart library and the web framework each have their place. */
export function checkConfinement(graph: Graph): Violation[] {
  const found: Violation[] = [];
  for (const [{ path }, edge] of each(graph)) {
    const what = edge.package ?? edge.target ?? "";
    for (const rule of CONFINED)
      if (rule.what.test(what) && !rule.allowed.test(path) && (rule.alsoInTests || !isTest(path)))
        found.push({ rule: 3, path, line: edge.line, message: `${edge.specifier} belongs in ${rule.where} only` });
  }
  return found;
}

const SERVER_PACKAGE =
  /^(node:.*|pg|@prisma\/.*|pino|prom-client|undici|@node-rs\/.*|esbuild|tsx|server-only|@hono\/zod-openapi|hono)$/;
const SERVER_MODULE = /^(next\/(headers|server|cache)|next-auth|next-auth\/(next|jwt|providers\/.*))$/;

const reachesBrowser = (path: string): boolean =>
  /^(app|components)\//.test(path) ||
  isSchema(path) ||
  isBrowserFolder(path) ||
  isApiClient(path) ||
  inPureFolder(path);

const isBrowserEntry = ({ path, isClient }: Module): boolean =>
  !isTest(path) && (path.startsWith("app/") ? isClient : reachesBrowser(path));

/** Rule 4: what the browser runs, also transitively, holds no server code. Type-only imports vanish and are free. */
export function checkBrowser(graph: Graph): Violation[] {
  const found: Violation[] = [];
  const queue = [...graph.modules.values()].filter(isBrowserEntry);
  const seen = new Set(queue.map(({ path }) => path));
  for (let module = queue.pop(); module; module = queue.pop()) {
    const { path } = module;
    for (const edge of module.edges) {
      if (edge.typeOnly) continue;
      const { target, specifier, line } = edge;
      const bad =
        target === null
          ? SERVER_PACKAGE.test(edge.package ?? "") || SERVER_MODULE.test(specifier)
          : /\.(ts|tsx|mjs)$/.test(target) && !reachesBrowser(target);
      if (bad) found.push({ rule: 4, path, line, message: `browser code imports ${target ?? specifier}` });
      const next = target === null || bad ? undefined : graph.modules.get(target);
      if (!next || seen.has(next.path)) continue;
      seen.add(next.path);
      queue.push(next);
    }
  }
  return found;
}
