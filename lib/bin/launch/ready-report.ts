import { relative } from "node:path";
import { portalUsers } from "#lib/demo/portal-users.ts";
import type { Env } from "#lib/platform/env.ts";
import { consoleUrl, type Mode, usesSimulation } from "./children.ts";
import { simNodes } from "./demo-fleet.ts";
import type { MachineSecrets } from "./machine-secrets.ts";
import { table } from "./terminal.ts";

export type Report = { env: Env; mode: Mode; secrets: MachineSecrets; databaseUrl: string; seconds: number };

/** A path as people type it: below the current folder without its front part. */
const shown = (path: string): string => {
  const below = relative(process.cwd(), path);
  return below.startsWith("..") ? path : below || ".";
};

/** The demo's terminal belongs to the person in front of it; otherwise the password is shown once. */
const signIn = ({ mode, secrets }: Report): string => {
  if (secrets.file === null) return `${secrets.adminEmail}   (password: ADMIN_PASSWORD)`;
  if (secrets.isNew || usesSimulation(mode)) return `${secrets.adminEmail}   ${secrets.adminPassword}`;
  return `${secrets.adminEmail}   (password: ADMIN_PASSWORD in ${shown(secrets.file)})`;
};

const withoutPassword = (databaseUrl: string): string => {
  const url = new URL(databaseUrl);
  url.password = "";
  return url.href;
};

/** The demo's customers, so that the portal can be tried as well. */
const portalRows = ({ mode, secrets }: Report): [string, string][] =>
  usesSimulation(mode) && secrets.adminApiKey !== null
    ? portalUsers(secrets.adminApiKey).map(({ email, password, role, tenantSlug }) => [
        "Customer",
        `${email}   ${password}   (${role} of ${tenantSlug})`,
      ])
    : [];

/** Where everything is, and how to sign in. */
export function readyReport(report: Report): string[] {
  const { env, mode, secrets, databaseUrl, seconds } = report;
  const listed = (isOrigin: boolean) =>
    simNodes(env, "")
      .filter((node) => node.isOrigin === isOrigin)
      .map(({ name, port }) => `${name} :${port}`)
      .join(", ");
  const key = secrets.file ? `key: ADMIN_API_KEY in ${shown(secrets.file)}` : "key: ADMIN_API_KEY";
  return [
    "",
    `Switchyard is ready (${seconds.toFixed(1)} s)`,
    "",
    ...table([
      ["Console", consoleUrl(env)],
      ["Sign in", signIn(report)],
      ...portalRows(report),
      ["API", `${consoleUrl(env)}/api/v1   (${key})`],
      ["Gateway", `http://localhost:${env.GATEWAY_PORT}/v1`],
      ...(usesSimulation(mode)
        ? ([
            ["Nodes", `${listed(false)}   (simulated)`],
            ["Origin", `${listed(true)}   (simulated: where a customer is served before it moves in)`],
          ] as const)
        : []),
      [
        "Database",
        `${withoutPassword(databaseUrl)}${env.DATABASE_URL ? "" : `   (embedded; password: "login" in ${shown(env.dataDir)}/postgres/credentials.json)`}`,
      ],
      ["Logs", `${shown(env.dataDir)}/logs`],
    ]),
    "",
    "  Ctrl-C ends it; the data stay.",
    "",
  ];
}
