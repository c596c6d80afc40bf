import { listNodes } from "#lib/fleet/node-store.ts";
import { readEveryPage } from "#lib/http/browser/every-page.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { getPool } from "#lib/pools/store.ts";
import { launchCommand } from "#lib/vllm/launch-command.ts";
import type { NodeFacts, PoolFacts } from "./side-conditions.ts";

/** What is known about where a run happens. */
export type RunSite = { pool: PoolFacts; nodes: readonly (NodeFacts & { cordoned: boolean })[] };

/** @throws Error when the pool is gone */
export async function readSite(ctx: Ctx, poolId: string): Promise<RunSite> {
  const pool = await getPool(ctx.tx, poolId);
  if (!pool) throw new Error(`pool ${poolId} is gone`);
  const nodes = await readEveryPage((page) => listNodes(ctx.tx, { poolId, ...page }));
  const { args } = launchCommand(pool, { port: 8000, hasKey: false });
  const at = args.indexOf("--tool-call-parser");
  return { pool: { ...pool, toolParser: at === -1 ? null : (args[at + 1] ?? null) }, nodes };
}
