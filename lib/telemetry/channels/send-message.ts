import { createHmac } from "node:crypto";
import type { Deps } from "#lib/identity/ctx.ts";
import { AppError, errorText } from "#lib/platform/errors.ts";
import { openChannel } from "./channel-secrets.ts";
import type { ChannelRecord } from "./channel-store.ts";
import { type NotificationPayload, notificationBody } from "./notification-body.ts";

const TIMEOUT_MS = 10_000;
const REPLY_MAX_BYTES = 64_000;

/**
 * Hands one message to a channel's receiver. It may arrive twice; `id` is the same then.
 * @returns null when it was taken, else why not, without a word of the receiver's own
 */
export async function sendMessage(
  deps: Pick<Deps, "outbound" | "secrets" | "clock">,
  channel: ChannelRecord,
  message: { id: string; payload: NotificationPayload },
): Promise<string | null> {
  try {
    const { url, secret } = openChannel(deps.secrets, channel);
    const body = JSON.stringify(notificationBody(channel.kind, message.payload, secret));
    const { status } = await deps.outbound.request(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "idempotency-key": message.id,
        ...(channel.kind === "alertmanager" && secret !== null ? signature(body, secret, deps.clock.now()) : {}),
      },
      body,
      timeoutMs: TIMEOUT_MS,
      maxBytes: REPLY_MAX_BYTES,
    });
    return status >= 200 && status < 300 ? null : `${channel.host} answered ${status}.`;
  } catch (error) {
    return error instanceof AppError ? error.message : `It could not be sent: ${errorText(error)}.`;
  }
}

/** As every hook of ours is signed: over the time and the body, so that an old message cannot be played again. */
function signature(body: string, secret: string, now: Date): Record<string, string> {
  const timestamp = String(Math.floor(now.getTime() / 1_000));
  const digest = createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex");
  return { "x-switchyard-timestamp": timestamp, "x-switchyard-signature": `v1=${digest}` };
}
