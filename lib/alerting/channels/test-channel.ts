import type * as z from "zod";
import type { Deps, ReadCatalog } from "#lib/identity/ctx.ts";
import { notFound } from "#lib/platform/errors.ts";
import { newId } from "#lib/platform/ids.ts";
import type { ChannelTestSchema } from "../browser/alert-schema.ts";
import { type ChannelRecord, getChannel } from "./channel-store.ts";
import { sendMessage } from "./send-message.ts";

/**
 * Sends one message that says it is a test, at once and without another attempt.
 * @throws AppError `not_found`
 */
export async function testChannel(read: ReadCatalog, channelId: string): Promise<z.infer<typeof ChannelTestSchema>> {
  const { channel, deps } = await read(async (ctx) => ({
    channel: await getChannel(ctx.tx, channelId),
    deps: ctx.deps,
  }));
  if (channel === null) throw notFound("channel");
  const id = newId("notification");
  const { isTaken, problem } = await sendMessage(deps, channel, {
    id,
    payload: {
      alertId: id,
      event: "firing",
      rule: "test",
      title: "Test",
      severity: "warning",
      sentence: `This is a test of the channel "${channel.name}": nothing is wrong.`,
      link: `${deps.consoleUrl ?? ""}/alerts`,
      subject: { type: "channel", id: channel.id, name: channel.name, poolId: null, nodeId: null, tenantId: null },
      dedupeKey: `test:${channel.id}`,
      startedAt: deps.clock.now().toISOString(),
      resolvedAt: null,
      related: 0,
    },
  });
  if (isTaken && problem === null) return { ok: true, message: takenText(deps, channel), fix: null };
  return { ok: false, message: problem ?? "", fix: fixFor(deps, channel) };
}

const takenText = ({ mailer }: Deps, { kind, host }: ChannelRecord): string =>
  kind === "email"
    ? `${mailer?.host ?? "The mail server"} took the test message for ${host}. Look whether it arrives.`
    : `${host} took the test message.`;

function fixFor({ mailer }: Deps, { kind }: ChannelRecord): string {
  if (kind !== "email") return "Check the address and the secret, and that the receiver can be reached.";
  return mailer === undefined
    ? "Set SMTP_URL, such as smtps://user:password@mail.example.com?from=alerts@example.com, and start Switchyard again."
    : "Check the addresses, and the server, name and password in SMTP_URL.";
}
