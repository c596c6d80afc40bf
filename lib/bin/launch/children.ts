import { createRequire } from "node:module";
import { join } from "node:path";
import type { Env } from "#lib/platform/env.ts";
import { WORKER_NODE_FLAGS } from "#lib/platform/node-flags.ts";
import type { ChildSpec } from "#lib/platform/supervisor/child.ts";
import type { PortClaim } from "#lib/platform/supervisor/ports.ts";
import type { DemoNode } from "#lib/sim/demo-nodes.ts";
import { BUNDLES } from "./build.ts";
import { simNodes } from "./demo-fleet.ts";
import type { MachineSecrets } from "./machine-secrets.ts";

/**
 * - `start`: production, no simulation
 * - `demo`: production with simulated nodes and traffic
 * - `dev`: the demo from the sources, restarted or reloaded on change
 */
export type Mode = "start" | "demo" | "dev";

export const usesSimulation = (mode: Mode): boolean => mode !== "start";

/** Every port this start needs, with the setting that moves it. */
export function portClaims(env: Env, mode: Mode): PortClaim[] {
  const metricsHost = env.METRICS_HOST;
  const own: PortClaim[] = [
    { setting: "PORT", port: env.PORT, host: null },
    { setting: "GATEWAY_PORT", port: env.GATEWAY_PORT, host: null },
    { setting: "METRICS_PORT", port: env.METRICS_PORT, host: metricsHost },
    { setting: "WORKER_PORT", port: env.WORKER_PORT, host: metricsHost },
  ];
  const sims = usesSimulation(mode) ? simNodes(env, "") : [];
  return [...own, ...sims.map(({ port }) => ({ setting: "SIM_PORT", port, host: "127.0.0.1" }))];
}

export type Plan = {
  env: Env;
  mode: Mode;
  root: string;
  databaseUrl: string;
  secrets: MachineSecrets;
  scenario: string;
};

const READY_MS = { production: 60_000, dev: 180_000 } as const;
/** Writing 40 adapters and running the first gates takes a while on two cores. */
const DEMO_READY_MS = 600_000;

/** The settings every process must agree on; the rest of our own environment passes through. */
const sharedEnv = ({ env, mode, databaseUrl, secrets }: Plan): Record<string, string> => ({
  NODE_ENV: mode === "dev" ? "development" : "production",
  NEXT_TELEMETRY_DISABLED: "1",
  PORT: String(env.PORT),
  GATEWAY_PORT: String(env.GATEWAY_PORT),
  METRICS_PORT: String(env.METRICS_PORT),
  METRICS_HOST: env.METRICS_HOST,
  WORKER_PORT: String(env.WORKER_PORT),
  SIM_PORT: String(env.SIM_PORT),
  SIM_SPEED: String(env.SIM_SPEED),
  LOG_LEVEL: env.LOG_LEVEL,
  DATABASE_URL: databaseUrl,
  DATA_DIR: env.dataDir,
  ADAPTER_STORE: env.adapterStore,
  NEXTAUTH_URL: consoleUrl(env),
  NEXTAUTH_SECRET: secrets.nextAuthSecret,
  SECRETS_KEY: secrets.secretsKey,
  ...(secrets.adminApiKey ? { ADMIN_API_KEY: secrets.adminApiKey } : {}),
});

/** The origin people open; NextAuth accepts sign-ins from this one only. */
export const consoleUrl = (env: Env): string => env.NEXTAUTH_URL ?? `http://localhost:${env.PORT}`;

type Program = keyof typeof BUNDLES;

/** How a program is run: its bundle in production, its source under tsx in development. */
const nodeArgs = (plan: Plan, program: Program, args: readonly string[], watch = true): string[] => {
  const flags = ["--enable-source-maps", ...(program === "worker" ? WORKER_NODE_FLAGS : [])];
  if (plan.mode !== "dev") return [...flags, join(plan.root, "dist", `${program}.js`), ...args];
  const tsx = createRequire(join(plan.root, "package.json")).resolve("tsx/cli");
  return [tsx, ...(watch ? ["watch", "--clear-screen=false"] : []), join(plan.root, BUNDLES[program]), ...args];
};

const base = (plan: Plan) => ({
  file: process.execPath,
  cwd: plan.root,
  env: sharedEnv(plan),
  readyWithinMs: plan.mode === "dev" ? READY_MS.dev : READY_MS.production,
});

const url = (port: number, path: string, host = "127.0.0.1") => ({
  kind: "url" as const,
  url: `http://${host === "0.0.0.0" ? "127.0.0.1" : host}:${port}${path}`,
});

const simSpec = (plan: Plan, node: DemoNode): ChildSpec => ({
  ...base(plan),
  name: node.name,
  args: nodeArgs(plan, "sim", node.args),
  ready: { kind: "url", url: `${node.url}/health` },
});

/** Always a bundle, also in development: Next itself reloads what changes behind it. */
const webSpec = (plan: Plan): ChildSpec => ({
  ...base(plan),
  name: "web",
  args: [join(plan.root, "dist", "web.js"), ...(plan.mode === "dev" ? ["--dev"] : [])],
  ready: url(plan.env.PORT, "/readyz"),
});

const demoSpec = (plan: Plan): ChildSpec => ({
  ...base(plan),
  name: "demo",
  args: nodeArgs(plan, "demo", ["--scenario", plan.scenario], false),
  ready: { kind: "message" },
  readyWithinMs: DEMO_READY_MS,
});

/**
 * The processes of a start, in the order in which they start; each stage waits for the one before, and they end the
 * other way round: traffic first, then what serves it, then the nodes.
 */
export function childStages(plan: Plan): ChildSpec[][] {
  const { env } = plan;
  const core: ChildSpec[] = [
    {
      ...base(plan),
      name: "worker",
      args: nodeArgs(plan, "worker", []),
      ready: url(env.WORKER_PORT, "/readyz", env.METRICS_HOST),
    },
    { ...base(plan), name: "gateway", args: nodeArgs(plan, "gateway", []), ready: url(env.GATEWAY_PORT, "/readyz") },
    webSpec(plan),
  ];
  if (!usesSimulation(plan.mode)) return [core];
  return [simNodes(env, plan.root).map((node) => simSpec(plan, node)), core, [demoSpec(plan)]];
}
