import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createApp } from "#lib/api/app.ts";
import type { Deps } from "#lib/identity/ctx.ts";
import { systemClock } from "#lib/platform/clock.ts";
import { openDatabase } from "#lib/platform/db.ts";
import { silentLog } from "#lib/platform/log.ts";
import { createOutbound } from "#lib/platform/outbound.ts";
import { createSecrets } from "#lib/platform/secrets.ts";
import type { ToolResult } from "./run-tool.ts";

const documentPath = (root: string): string => join(root, "public", "openapi.json");

/** The document as the running API serves it. Nothing is connected: describing routes reads no data. */
export async function currentOpenApi(): Promise<string> {
  const deps: Deps = {
    db: openDatabase("postgresql://127.0.0.1:1/none", silentLog),
    clock: systemClock,
    log: silentLog,
    secrets: createSecrets("00".repeat(32)),
    outbound: createOutbound(),
    adapterStore: "/",
    gatewayUrl: "http://localhost",
  };
  try {
    const response = await createApp(deps, async () => null).request("/api/v1/openapi.json");
    return `${JSON.stringify(await response.json(), null, 2)}\n`;
  } finally {
    await deps.outbound.close();
    await deps.db.close();
  }
}

/** Writes the committed document anew. */
export async function writeOpenApi(root: string): Promise<void> {
  await writeFile(documentPath(root), await currentOpenApi());
}

/** Does the committed document describe the routes as they are? */
export async function checkOpenApi(root: string): Promise<ToolResult> {
  const committed = await readFile(documentPath(root), "utf8").catch(() => null);
  if (committed === (await currentOpenApi())) return { ok: true, output: "" };
  const what = committed === null ? "is missing" : "does not describe the routes as they are";
  return { ok: false, output: `public/openapi.json ${what}. Write it anew: node --import tsx lib/bin/openapi.ts` };
}
