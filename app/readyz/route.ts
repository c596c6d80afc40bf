import { webDeps } from "#lib/api/deps.ts";

export const dynamic = "force-dynamic";

/** Ready = the catalog answers. */
export async function GET(): Promise<Response> {
  const ready = await webDeps().deps.db.ping();
  return Response.json({ status: ready ? "ready" : "database_away" }, { status: ready ? 200 : 503 });
}
