import type * as z from "zod";
import type { Pool, UpdatePool } from "#lib/pools/schema.ts";

/** What was typed, and the generation it was typed over: whoever saved in between is not overwritten. */
export type OperationsEdit = Pick<Pool, "generation" | "delivery" | "driftPolicy" | "restartStep"> & {
  replicas: string;
  restartUrl: string;
  restartSecret: string;
};

export const operationsOf = (pool: Pool): OperationsEdit => ({
  generation: pool.generation,
  delivery: pool.delivery,
  driftPolicy: pool.driftPolicy,
  replicas: pool.replicas === null ? "" : String(pool.replicas),
  restartStep: pool.restartStep,
  restartUrl: pool.restartUrl ?? "",
  restartSecret: "",
});

/** The body for `PATCH /pools/{poolId}`: what was changed only, so that a setting nobody touched is not judged again. */
export function toOperations(edit: OperationsEdit, pool: Pool): z.input<typeof UpdatePool> {
  const before = operationsOf(pool);
  const replicas = edit.replicas.trim() === "" ? null : Number(edit.replicas);
  const isWebhook = edit.restartStep === "webhook";
  const url = edit.restartUrl.trim();
  return {
    ...(edit.delivery === before.delivery ? {} : { delivery: edit.delivery }),
    ...(edit.driftPolicy === before.driftPolicy ? {} : { driftPolicy: edit.driftPolicy }),
    ...(edit.replicas === before.replicas ? {} : { replicas }),
    ...(edit.restartStep === before.restartStep ? {} : { restartStep: edit.restartStep }),
    ...(isWebhook && url !== before.restartUrl ? { restartUrl: url === "" ? null : url } : {}),
    ...(isWebhook && edit.restartSecret !== "" ? { restartSecret: edit.restartSecret } : {}),
  };
}
