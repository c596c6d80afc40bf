/** The house of the design: which rooms there are, in which order, and what kind of file a path is. */

/** A room imports only rooms before it. */
export const ROOMS = [
  "platform",
  "lora-cache",
  "http",
  "identity",
  "jobs",
  "pools",
  "registry",
  "vllm",
  "fleet",
  "metrics",
  "requests",
  "alerting",
  "incidents",
  "evals",
  "cutover",
  "planner",
  "config",
  "retention",
  "journey",
  "gateway",
  "api",
  "cli",
  "sim",
  "demo",
  "testbed",
  "soak",
  "bench",
  "bin",
] as const;
export type Room = (typeof ROOMS)[number];

const isRoom = (name: string): name is Room => ROOMS.some((room) => room === name);

/** The room a path lies in, or null outside `lib/<room>/`. */
export function roomOf(path: string): Room | null {
  const name = /^lib\/([^/]+)\//.exec(path)?.[1];
  return name !== undefined && isRoom(name) ? name : null;
}

/**
 * The order inside a room: a folder imports only folders before it. `browser/` and files at the room's top come first,
 * unless the list gives them a later place. A folder that is not listed breaks the rule.
 */
export const INSIDE: Readonly<Partial<Record<Room, readonly string[]>>> = {
  registry: [
    "artifacts",
    "checks",
    "versions",
    "endpoints",
    "tenants",
    "adapters",
    "integrity",
    "deletion",
    "contract",
    "intake",
    "sources",
    "imports",
    "compare",
    "offboarding",
    "routes.ts",
  ],
  evals: [
    "scoring",
    "conditions",
    "verdict",
    "store.ts",
    "view-run.ts",
    "suites",
    "asking",
    "baseline",
    "running",
    "answers",
    "bulk",
    "gate-watch",
    "loop.ts",
    "routes.ts",
  ],
};

/** What of a room a path is in: a folder, or a file at its top. */
export const partOf = (path: string): string => path.split("/")[2] ?? "";

/** A part's place in the order of its room; -1 = a folder without one. */
export function placeInside(order: readonly string[], part: string): number {
  const listed = order.indexOf(part) + 1;
  return listed > 0 || part === "browser" || part.endsWith(".ts") ? listed : -1;
}

export const rank = (room: Room): number => ROOMS.indexOf(room);

/** Tests and what only they use. They may reach anywhere: the rules are about the product. */
export const isTest = (path: string): boolean =>
  /\.test\.tsx?$|^e2e\/|^lib\/[^/]+\/test(ing|data)\/|\.config\.(ts|mjs)$/.test(path);

export const isSchema = (path: string): boolean => /^lib\/[^/]+\/schema\.ts$/.test(path);
export const isApiClient = (path: string): boolean => /^lib\/api\/client(\.ts$|\/)/.test(path);
export const isBrowserFolder = (path: string): boolean => /^lib\/[^/]+\/browser\//.test(path);

/** Rooms and folders that are pure as a whole, so that the browser may use them too. */
const PURE_FOLDERS = ["lib/lora-cache/", "lib/platform/safetensors/"];
export const inPureFolder = (path: string): boolean => PURE_FOLDERS.some((folder) => path.startsWith(folder));

/** Rooms of the domain, where what is not plainly an edge must be pure. */
const DOMAIN: ReadonlySet<Room> = new Set<Room>([
  "lora-cache",
  "jobs",
  "pools",
  "registry",
  "vllm",
  "fleet",
  "metrics",
  "requests",
  "alerting",
  "incidents",
  "evals",
  "cutover",
  "planner",
  "config",
  "retention",
  "journey",
]);
export const isDomain = (path: string): boolean => {
  const room = roomOf(path);
  return room !== null && DOMAIN.has(room);
};
