import { newId } from "#lib/platform/ids.ts";
import { actorKey, actorLabel } from "./actor.ts";
import { auditHash, GENESIS_HASH } from "./audit-hash.ts";
import type { Ctx } from "./ctx.ts";
import { appendAuditEntry, lockAuditChain } from "./store.ts";

export const PLATFORM_CHAIN = "platform";
/** What a row of the trail may be about. */
export type AuditedObject =
  | "adapter"
  | "alert"
  | "approval"
  | "batch"
  | "channel"
  | "control"
  | "cutover"
  | "dead_man_switch"
  | "endpoint"
  | "import"
  | "incident"
  | "job"
  | "key"
  | "node"
  | "objective"
  | "placement"
  | "pool"
  | "recorded_case"
  | "recording"
  | "rollout"
  | "run"
  | "settings"
  | "source"
  | "suite"
  | "template"
  | "tenant"
  | "tools"
  | "user"
  | "version"
  | "view";
export type AuditEvent = {
  /** `<object>.<verb>` in the present tense, such as `cutover.start`. */
  action: string;
  object: { type: AuditedObject; id: string };
  /** The tenant it concerns; its chain gets the row. null = the platform's chain. */
  tenantId: string | null;
  before?: unknown;
  after?: unknown;
  reason?: string | null;
};

/** A value as it will be stored: plain JSON, so that its hash can be computed again from the row. */
const plain = (value: unknown): unknown =>
  value === undefined ? null : JSON.parse(JSON.stringify(value, bigintAsText));
const bigintAsText = (_key: string, value: unknown): unknown => (typeof value === "bigint" ? value.toString() : value);

/** Writes one row to the trail, in the transaction of the change it describes. */
export async function audit(ctx: Ctx, event: AuditEvent): Promise<void> {
  const chain = event.tenantId ?? PLATFORM_CHAIN;
  const head = await lockAuditChain(ctx.tx, chain, GENESIS_HASH);
  const row = {
    id: newId("audit"),
    chain,
    seq: head.seq + 1,
    at: ctx.clock.now().toISOString(),
    tenantId: event.tenantId,
    actor: { kind: ctx.actor.kind, id: actorKey(ctx.actor), label: actorLabel(ctx.actor) },
    action: event.action,
    objectType: event.object.type,
    objectId: event.object.id,
    before: plain(event.before),
    after: plain(event.after),
    reason: event.reason ?? null,
    requestId: ctx.requestId,
  };
  await appendAuditEntry(ctx.tx, { ...row, prevHash: head.hash, hash: auditHash(head.hash, row) });
  ctx.trail.count += 1;
}
