import { clientFor } from "#lib/fleet/node-access.ts";
import { getNode, type NodeRecord } from "#lib/fleet/node-store.ts";
import { routableNodes } from "#lib/fleet/routable-nodes.ts";
import { type Deps, systemRead } from "#lib/identity/ctx.ts";
import { errorText } from "#lib/platform/errors.ts";
import { getPool } from "#lib/pools/store.ts";
import { NodeError } from "#lib/vllm/node-client.ts";
import type { RunRecord } from "../store.ts";
import type { StoredCase } from "../stored-sample.ts";
import { readCases } from "../suites/case-store.ts";
import { judgeFit, type Measured, suspects } from "./judge-fit.ts";

type Site = { node: NodeRecord; poolName: string; maxModelLen: number; cases: readonly StoredCase[] };

/**
 * Why the prompts of a run cannot be asked, found out with the tokenizer of a node that holds the candidate; null = they
 * fit, or no node says. A prompt that is too long after all is one sample that failed.
 */
export async function checkFit(deps: Deps, actor: string, run: RunRecord): Promise<string | null> {
  const site = await systemRead(deps, actor, async ({ tx }): Promise<Site | null> => {
    const [routable] = (await routableNodes(tx, run.candidateVersionId)).filter(({ standalone }) => !standalone);
    const node = routable ? await getNode(tx, routable.nodeId) : null;
    const pool = node && (await getPool(tx, node.poolId));
    if (!node || !pool) return null;
    const { slug: poolName, maxModelLen } = pool;
    return { node, poolName, maxModelLen, cases: await readCases(tx, run.suiteId) };
  });
  if (site === null) return null;
  const { poolName, maxModelLen, cases } = site;
  try {
    return judgeFit(await count(deps, site), { poolName, maxModelLen, promptCount: cases.length });
  } catch (error) {
    if (!(error instanceof NodeError)) throw error;
    deps.log.warn("the prompts of a run were not counted", { runId: run.id, error: errorText(error) });
    return null;
  }
}

/** @throws NodeError when the node does not answer, or has no /tokenize */
async function count(deps: Deps, { node, cases, maxModelLen }: Site): Promise<Measured[]> {
  const client = clientFor(deps, node);
  const measured: Measured[] = [];
  for (const { ordinal, category, messages, tools } of suspects(cases, maxModelLen)) {
    const { count: tokens } = await client.tokenize({ messages, ...(tools.length > 0 ? { tools } : {}) });
    measured.push({ ordinal, category, tokens });
  }
  return measured;
}
