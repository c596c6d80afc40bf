import { type Deps, systemRead, systemWrite } from "#lib/identity/ctx.ts";
import { errorText } from "#lib/platform/errors.ts";
import { type Fence, requireTerm } from "#lib/platform/lease.ts";
import { runLeasedLoop } from "#lib/platform/leased-loop.ts";
import type { Turn } from "#lib/platform/loop.ts";
import type { Mailer } from "#lib/platform/mail.ts";
import { backoffMs } from "../policy/decide-release.ts";
import { approvalMail } from "./approval-mail.ts";
import { getApproval } from "./approval-store.ts";
import { approversOf, putTold, untoldApprovals } from "./approver-store.ts";

export const APPROVAL_MAIL_LOOP = "approval-mail";
const INTERVAL_MS = 15_000;
const LEASE_TTL_MS = 60_000;

/** What this process could not send lately: how often, and when it may try again. */
export type Refused = Map<string, { tries: number; nextAt: number }>;

/** Writes to whoever may decide, and reminds them, until `signal` aborts; where there is no SMTP_URL it does nothing. */
export function runApprovalMailLoop(deps: Deps, signal: AbortSignal): Promise<void> {
  const refused: Refused = new Map();
  return runLeasedLoop(deps, signal, {
    name: APPROVAL_MAIL_LOOP,
    intervalMs: INTERVAL_MS,
    leaseMs: LEASE_TTL_MS,
    wakesOn: ["Approval"],
    tick: (turn) => mailApprovers(deps, turn, refused),
  });
}

/** One turn over what nobody was told of yet. A mail may come twice after a crash; it has the same id then. */
export async function mailApprovers(deps: Deps, { signal, term }: Turn, refused: Refused = new Map()): Promise<void> {
  const { mailer } = deps;
  if (!mailer) return;
  const fence: Fence = { name: APPROVAL_MAIL_LOOP, term };
  const now = deps.clock.now();
  const due = await systemRead(deps, APPROVAL_MAIL_LOOP, (ctx) => untoldApprovals(ctx.tx, now));
  for (const { id, isReminder } of due) {
    if (signal.aborted) return;
    if ((refused.get(id)?.nextAt ?? 0) > now.getTime()) continue;
    const isSent = await send(deps, mailer, { id, isReminder }).catch((error) => {
      const tries = (refused.get(id)?.tries ?? 0) + 1;
      refused.set(id, { tries, nextAt: now.getTime() + backoffMs(tries) });
      deps.log.warn("approval mail not sent", { approvalId: id, tries, error: errorText(error) });
      return false;
    });
    if (!isSent) continue;
    refused.delete(id);
    await systemWrite(deps, APPROVAL_MAIL_LOOP, async (ctx) => {
      await requireTerm(ctx.tx, fence);
      await putTold(ctx.tx, id, isReminder, now);
    });
  }
}

/** @returns false when there is nobody to write to @throws MailRefused */
async function send(deps: Deps, mailer: Mailer, { id, isReminder }: { id: string; isReminder: boolean }) {
  const found = await systemRead(deps, APPROVAL_MAIL_LOOP, async ({ tx }) => {
    const approval = await getApproval(tx, id);
    return approval && { approval, to: await approversOf(tx, approval) };
  });
  if (found === null || found.to.length === 0) return false;
  const { approval, to } = found;
  const { toNumber, adapterSlug, tenantName } = approval.cutover;
  const facts = { ...approval, toNumber, adapterSlug, tenantName };
  const mail = approvalMail(facts, { isReminder, consoleUrl: deps.consoleUrl });
  // one each: customers' colleagues are nobody's to see
  for (const address of to) await mailer.send({ ...mail, id: `${mail.id}-${to.indexOf(address)}`, to: [address] });
  return true;
}
