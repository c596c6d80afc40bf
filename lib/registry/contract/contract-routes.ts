import { createHash } from "node:crypto";
import * as z from "zod";
import type { Download } from "#lib/http/download.ts";
import { idOf } from "#lib/http/schema.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { route } from "#lib/identity/route.ts";
import { notFound } from "#lib/platform/errors.ts";
import { getPool, listPools } from "#lib/pools/store.ts";
import { type ContractDocument, ContractDocumentSchema } from "../browser/contract-schema.ts";
import { contractMarkdown } from "../browser/contract-text.ts";
import { writeContract } from "./write-contract.ts";

const PoolParams = z.object({ poolId: idOf("pool") });

export const contractRoutes = [
  route(
    "GET /pools/{poolId}/training-contract",
    {
      summary: "Read the training contract of a pool",
      description:
        "A document for a training pipeline, with the reason of each rule; `check-adapter` checks a folder against it.",
      action: "fleet.read",
      params: PoolParams,
      ok: ContractDocumentSchema,
      errors: ["not_found"],
    },
    ({ ctx, params }) => contractOf(ctx, params.poolId),
  ),
  route(
    "GET /pools/{poolId}/training-contract.md",
    {
      summary: "Download the training contract as Markdown",
      action: "fleet.read",
      params: PoolParams,
      ok: null,
      download: true,
      errors: ["not_found"],
    },
    async ({ ctx, params }) => textDownload(contractMarkdown(await contractOf(ctx, params.poolId))),
  ),
] as const;

/** More pools than this are not looked through for other ranks. */
const MOST_POOLS = 200;

async function contractOf(ctx: Ctx, poolId: string): Promise<ContractDocument> {
  const pool = await getPool(ctx.tx, poolId);
  if (pool === null) throw notFound("pool");
  const { items } = await listPools(ctx.tx, { limit: MOST_POOLS });
  return writeContract(pool, items);
}

function textDownload(text: string): Download {
  const bytes = new TextEncoder().encode(text);
  return {
    sizeBytes: bytes.byteLength,
    etag: createHash("sha256").update(bytes).digest("hex"),
    open: async (start, end) => new Blob([bytes.subarray(start, end + 1)]).stream(),
  };
}
