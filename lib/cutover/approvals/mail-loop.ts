import { createHash } from "node:crypto";
import { type Deps, systemRead, systemWrite } from "#lib/identity/ctx.ts";
import type { Tx } from "#lib/platform/db.ts";
import { errorText } from "#lib/platform/errors.ts";
import { type Fence, requireTerm } from "#lib/platform/lease.ts";
import { runLeasedLoop } from "#lib/platform/leased-loop.ts";
import type { Turn } from "#lib/platform/loop.ts";
import { type Mailer, MailRefused } from "#lib/platform/mail.ts";
import { backoffMs } from "../policy/decide-release.ts";
import { approvalMail } from "./approval-mail.ts";
import { type ApprovalRecord, getApproval } from "./approval-store.ts";
import { approvalsToMail, approversOf, mailsOf, putEverybodyMailed, putRefused, putSent } from "./approver-store.ts";
import { type AddressState, type MailKind, mayTry, owedMail } from "./due-mail.ts";

export const APPROVAL_MAIL_LOOP = "approval-mail";
const INTERVAL_MS = 15_000;
const LEASE_TTL_MS = 60_000;

/** Writes to whoever may decide, and reminds them, until `signal` aborts; where there is no SMTP_URL it does nothing. */
export function runApprovalMailLoop(deps: Deps, signal: AbortSignal): Promise<void> {
  return runLeasedLoop(deps, signal, {
    name: APPROVAL_MAIL_LOOP,
    intervalMs: INTERVAL_MS,
    leaseMs: LEASE_TTL_MS,
    wakesOn: ["Approval"],
    tick: (turn) => mailApprovers(deps, turn),
  });
}

type Delivery = { deps: Deps; mailer: Mailer; now: Date; record: (write: (tx: Tx) => Promise<void>) => Promise<void> };

/**
 * One turn over every address that still has to get a mail. Each is written down when it was taken or refused, so that
 * one that refuses holds up no other and nobody gets a mail again. After a crash in between one may come twice; it has the
 * same id then.
 */
export async function mailApprovers(deps: Deps, { signal, term }: Turn): Promise<void> {
  const { mailer } = deps;
  if (!mailer) return;
  const fence: Fence = { name: APPROVAL_MAIL_LOOP, term };
  const record: Delivery["record"] = (write) =>
    systemWrite(deps, APPROVAL_MAIL_LOOP, async ({ tx }) => {
      await requireTerm(tx, fence);
      await write(tx);
    });
  const delivery: Delivery = { deps, mailer, now: deps.clock.now(), record };
  const due = await systemRead(deps, APPROVAL_MAIL_LOOP, ({ tx }) => approvalsToMail(tx, delivery.now));
  for (const id of due) {
    const isServerThere = await mailAbout(delivery, id, signal);
    if (signal.aborted || !isServerThere) return;
  }
}

/** @returns false when the mail server is away: then it makes no sense to go on */
async function mailAbout(delivery: Delivery, id: string, signal: AbortSignal): Promise<boolean> {
  const { deps, now, record } = delivery;
  const found = await systemRead(deps, APPROVAL_MAIL_LOOP, async ({ tx }) => {
    const approval = await getApproval(tx, id);
    if (approval === null) return null;
    const known = new Map((await mailsOf(tx, id)).map((mail) => [mail.address, mail]));
    const addresses = await approversOf(tx, approval);
    return { approval, states: addresses.map((address) => known.get(address) ?? { ...NEVER_WRITTEN, address }) };
  });
  if (found === null || found.states.length === 0) return true;
  const { approval, states } = found;
  let left = 0;
  for (const state of states) {
    const kind = owedMail(state, approval.remindAt, now);
    if (kind === null) continue;
    left += 1;
    if (signal.aborted || !mayTry(state, now)) continue;
    const outcome = await sendOne(delivery, approval, state, kind);
    if (outcome === "server_away") return false;
    if (outcome === "sent") left -= 1;
  }
  if (left === 0) await record((tx) => putEverybodyMailed(tx, approval, now));
  return true;
}

const NEVER_WRITTEN = { askedAt: null, remindedAt: null, tries: 0, nextTryAt: null };

/** One mail to one address: customers' colleagues are nobody's to see. */
async function sendOne(
  { deps, mailer, now, record }: Delivery,
  approval: ApprovalRecord,
  { address, tries: before }: AddressState,
  kind: MailKind,
): Promise<"sent" | "refused" | "server_away"> {
  const { toNumber, adapterSlug, tenantName } = approval.cutover;
  const facts = { ...approval, toNumber, adapterSlug, tenantName };
  const mail = approvalMail(facts, { isReminder: kind === "reminder", consoleUrl: deps.consoleUrl });
  const suffix = createHash("sha256").update(address).digest("hex").slice(0, 12);
  try {
    await mailer.send({ ...mail, id: `${mail.id}-${suffix}`, to: [address] });
  } catch (error) {
    const tries = before + 1;
    const refusal = errorText(error);
    deps.log.warn("approval mail not sent", { approvalId: approval.id, tries, error: refusal });
    const nextTryAt = new Date(now.getTime() + backoffMs(tries));
    await record((tx) => putRefused(tx, approval.id, address, { tries, nextTryAt, refusal }));
    return error instanceof MailRefused && error.isOfAddress ? "refused" : "server_away";
  }
  await record((tx) => putSent(tx, approval.id, address, { kind, at: now }));
  return "sent";
}
