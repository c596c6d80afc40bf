import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { notFound } from "#lib/platform/errors.ts";
import { checkHookUrl } from "#lib/platform/outbound.ts";
import type { Secrets } from "#lib/platform/secrets.ts";
import type { DeadManSwitch, SetDeadManSwitch } from "../browser/dead-man-schema.ts";
import { type DeadManRecord, deleteDeadMan, readDeadMan, saveDeadMan } from "./dead-man-store.ts";

const PLACE = "DeadManSwitch.sealedUrl";
const OBJECT = { type: "dead_man_switch", id: "1" } as const;

/** @throws Error when SECRETS_KEY is not the one it was sealed with */
export const openUrl = (secrets: Secrets, { sealedUrl }: DeadManRecord): string => secrets.open(sealedUrl, PLACE);

export const viewDeadMan = (record: DeadManRecord): DeadManSwitch => ({
  host: record.host,
  everySeconds: record.everySeconds,
  lastBeatAt: record.lastBeatAt?.toISOString() ?? null,
  heldBack:
    record.heldBackAt === null
      ? null
      : { since: record.heldBackAt.toISOString(), because: record.heldBackBecause ?? "Unknown" },
  lastError: record.lastError,
  generation: record.generation,
});

/** @throws AppError `invalid` naming url */
export async function setDeadMan(ctx: Ctx, { url, everySeconds }: SetDeadManSwitch): Promise<DeadManSwitch> {
  const checked = checkHookUrl(url, "url");
  const { host } = new URL(checked);
  const before = await readDeadMan(ctx.tx);
  const after = await saveDeadMan(ctx.tx, { host, everySeconds, sealedUrl: ctx.deps.secrets.seal(checked, PLACE) });
  await audit(ctx, {
    action: "system.dead_man_set",
    object: OBJECT,
    tenantId: null,
    ...(before === null ? {} : { before: { host: before.host, everySeconds: before.everySeconds } }),
    after: { host, everySeconds },
  });
  return viewDeadMan(after);
}

/** @throws AppError `not_found` when none is set */
export async function removeDeadMan(ctx: Ctx): Promise<void> {
  const before = await readDeadMan(ctx.tx);
  if (before === null || !(await deleteDeadMan(ctx.tx))) throw notFound("dead man's switch");
  const { host, everySeconds } = before;
  await audit(ctx, {
    action: "system.dead_man_remove",
    object: OBJECT,
    tenantId: null,
    before: { host, everySeconds },
  });
}
