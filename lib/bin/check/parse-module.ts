import { type Node, type ParamPattern, parseSync, Visitor, type VisitorObject } from "oxc-parser";

/** One `import`, re-export or `import()` of a module. */
export type Import = { specifier: string; line: number; typeOnly: boolean; names: string[] };

/** Something in the text that a rule may forbid. */
export type Use = { what: string; line: number };

/** What the rules need to know of one file. */
export type ParsedModule = {
  path: string;
  lines: number;
  /** Starts with "use client". */
  isClient: boolean;
  imports: Import[];
  functions: { name: string; line: number; lines: number }[];
  /** Clock, chance, waiting and fetching taken from thin air instead of from an argument. */
  ambient: Use[];
  /** `any`, `!`, `process.env`, and the ways to wait for several promises at once. */
  unsafe: Use[];
  /** Types it imports: tells use cases (`Ctx`) from pure files. */
  importedTypes: Set<string>;
};

const lineStarts = (text: string): number[] => {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
};

/** Line number (from 1) of an offset, by binary search. */
const lineAt = (starts: readonly number[], offset: number): number => {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low + 1;
};

const AMBIENT_CALLS = new Set(["fetch", "setTimeout", "setInterval", "setImmediate"]);
const GATHERS = new Set(["Promise.all", "Promise.allSettled", "Promise.race", "Promise.any"]);
const AMBIENT_MEMBERS = new Set(["Date.now", "Math.random", "performance.now", "crypto.randomUUID"]);

/** `a.b` of a plain member expression, or null. */
const memberName = (node: Node): string | null => {
  if (node.type !== "MemberExpression" || node.computed || node.object.type !== "Identifier") return null;
  return node.property.type === "Identifier" ? `${node.object.name}.${node.property.name}` : null;
};

/** Names that a parameter binds: `sleep`, `{ fetch }`, `fetch = globalThis.fetch`. */
const boundNames = (pattern: Node): string[] => {
  switch (pattern.type) {
    case "Identifier":
      return [pattern.name];
    case "ObjectPattern":
      return pattern.properties.flatMap((each) => boundNames(each.type === "Property" ? each.value : each.argument));
    case "ArrayPattern":
      return pattern.elements.flatMap((each) => (each ? boundNames(each) : []));
    case "AssignmentPattern":
      return boundNames(pattern.left);
    case "RestElement":
      return boundNames(pattern.argument);
    default:
      return [];
  }
};

type Found = { module: ParsedModule; given: Set<string>; calls: Use[]; line: (node: { start: number }) => number };

const visitImports = ({ module, line }: Found): VisitorObject => {
  const add = (node: { start: number }, source: Node | null | undefined, typeOnly: boolean, names: string[] = []) => {
    if (source?.type === "Literal" && typeof source.value === "string")
      module.imports.push({ specifier: source.value, line: line(node), typeOnly, names });
  };
  return {
    ImportDeclaration(node) {
      const names: string[] = [];
      for (const each of node.specifiers) {
        if (each.type !== "ImportSpecifier") continue;
        const name = each.imported.type === "Identifier" ? each.imported.name : each.imported.value;
        names.push(name);
        if (node.importKind === "type" || each.importKind === "type") module.importedTypes.add(name);
      }
      add(node, node.source, node.importKind === "type", names);
    },
    ExportNamedDeclaration(node) {
      add(node, node.source, node.exportKind === "type");
    },
    ExportAllDeclaration(node) {
      add(node, node.source, node.exportKind === "type");
    },
    ImportExpression(node) {
      add(node, node.source, false);
    },
    TSImportType(node) {
      add(node, node.source, true);
    },
  };
};

const visitFunctions = ({ module, given, line }: Found, endLine: (node: { end: number }) => number): VisitorObject => {
  const add = (node: { start: number; end: number; params: ParamPattern[] }, name: string | undefined) => {
    const lines = endLine(node) - line(node) + 1;
    module.functions.push({ name: name ?? "(anonymous)", line: line(node), lines });
    for (const each of node.params) for (const bound of boundNames(each)) given.add(bound);
  };
  return {
    FunctionDeclaration(node) {
      add(node, node.id?.name);
    },
    FunctionExpression(node) {
      add(node, node.id?.name);
    },
    ArrowFunctionExpression(node) {
      add(node, undefined);
    },
  };
};

const visitUses = ({ module, calls, line }: Found): VisitorObject => ({
  CallExpression(node) {
    if (node.callee.type === "Identifier" && AMBIENT_CALLS.has(node.callee.name))
      calls.push({ what: node.callee.name, line: line(node) });
  },
  NewExpression(node) {
    if (node.callee.type === "Identifier" && node.callee.name === "Date" && node.arguments.length === 0)
      module.ambient.push({ what: "new Date()", line: line(node) });
  },
  MemberExpression(node) {
    const name = memberName(node);
    if (name === null) return;
    if (AMBIENT_MEMBERS.has(name)) module.ambient.push({ what: name, line: line(node) });
    if (name === "process.env" || GATHERS.has(name)) module.unsafe.push({ what: name, line: line(node) });
  },
  TSAnyKeyword(node) {
    module.unsafe.push({ what: "any", line: line(node) });
  },
  TSNonNullExpression(node) {
    module.unsafe.push({ what: "!", line: line(node) });
  },
});

/**
 * Parses one TypeScript or JavaScript file.
 * @throws Error with the parser's message: a file that cannot be read must not pass
 */
export function parseModule(path: string, text: string): ParsedModule {
  const { program, errors } = parseSync(path, text);
  const problem = errors[0];
  if (problem) throw new Error(`${path}: ${problem.message}`);
  const starts = lineStarts(text);
  const module: ParsedModule = {
    path,
    lines: text.endsWith("\n") ? starts.length - 1 : starts.length,
    isClient: program.body.some((node) => node.type === "ExpressionStatement" && node.directive === "use client"),
    imports: [],
    functions: [],
    ambient: [],
    unsafe: [],
    importedTypes: new Set(),
  };
  const found: Found = { module, given: new Set(), calls: [], line: (node) => lineAt(starts, node.start) };
  new Visitor({
    ...visitImports(found),
    ...visitFunctions(found, (node) => lineAt(starts, node.end)),
    ...visitUses(found),
  }).visit(program);
  // `fetch` that was passed in is not ambient.
  module.ambient.push(...found.calls.filter(({ what }) => !found.given.has(what)));
  return module;
}
