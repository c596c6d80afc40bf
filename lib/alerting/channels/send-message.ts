import { createHmac } from "node:crypto";
import type { Deps } from "#lib/identity/ctx.ts";
import { AppError, errorText } from "#lib/platform/errors.ts";
import { MailRefused } from "#lib/platform/mail.ts";
import { addressesOf, openChannel } from "./channel-secrets.ts";
import type { ChannelRecord } from "./channel-store.ts";
import { type NotificationPayload, notificationBody } from "./notification-body.ts";
import { notificationMail } from "./notification-mail.ts";

const TIMEOUT_MS = 10_000;
const REPLY_MAX_BYTES = 64_000;

/** What came of handing a message over; a problem of one that was taken is, say, an address of several that was refused. */
export type Delivery = { isTaken: boolean; problem: string | null };
type Message = { id: string; payload: NotificationPayload };
type MessageDeps = Pick<Deps, "outbound" | "secrets" | "clock" | "mailer">;

/** Hands one message to a channel's receiver, whose own words are never repeated. It may arrive twice; `id` is the same then. */
export async function sendMessage(deps: MessageDeps, channel: ChannelRecord, message: Message): Promise<Delivery> {
  try {
    const { url, secret } = openChannel(deps.secrets, channel);
    if (channel.kind === "email") return await sendMail(deps, url, message);
    return await post(deps, channel, { ...message, url, secret });
  } catch (error) {
    const isPlain = error instanceof AppError || error instanceof MailRefused;
    return refused(isPlain ? error.message : `It could not be sent: ${errorText(error)}.`);
  }
}

const refused = (problem: string): Delivery => ({ isTaken: false, problem });

async function sendMail({ mailer }: MessageDeps, mailto: string, { id, payload }: Message): Promise<Delivery> {
  if (mailer === undefined) return refused("SMTP_URL is not set, so no e-mail is sent.");
  const to = addressesOf(mailto);
  const out = await mailer.send({ to, ...notificationMail(payload, id) });
  return {
    isTaken: true,
    problem:
      out.length === 0 ? null : `${mailer.host} refused ${out.length} of ${to.length} addresses: ${out.join(", ")}.`,
  };
}

async function post(
  deps: MessageDeps,
  { kind, host }: ChannelRecord,
  { id, payload, url, secret }: Message & { url: string; secret: string | null },
): Promise<Delivery> {
  if (kind === "email") throw new Error("e-mail is not posted");
  const body = JSON.stringify(notificationBody(kind, payload, secret));
  const { status } = await deps.outbound.request(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "idempotency-key": id,
      ...(kind === "alertmanager" && secret !== null ? signature(body, secret, deps.clock.now()) : {}),
    },
    body,
    timeoutMs: TIMEOUT_MS,
    maxBytes: REPLY_MAX_BYTES,
  });
  return status >= 200 && status < 300 ? { isTaken: true, problem: null } : refused(`${host} answered ${status}.`);
}

/** As every hook of ours is signed: over the time and the body, so that an old message cannot be played again. */
function signature(body: string, secret: string, now: Date): Record<string, string> {
  const timestamp = String(Math.floor(now.getTime() / 1_000));
  const digest = createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex");
  return { "x-switchyard-timestamp": timestamp, "x-switchyard-signature": `v1=${digest}` };
}
