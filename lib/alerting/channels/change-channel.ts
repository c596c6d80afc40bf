import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { AppError, conflict, invalidField, notFound } from "#lib/platform/errors.ts";
import { newId } from "#lib/platform/ids.ts";
import { checkHookUrl } from "#lib/platform/outbound.ts";
import type { ChannelKind } from "../browser/alert-kinds.ts";
import type { Channel, CreateChannel, UpdateChannel } from "../browser/alert-schema.ts";
import { mailtoOf, sealSecret, sealUrl } from "./channel-secrets.ts";
import {
  type ChannelFields,
  deleteChannel,
  findChannelByName,
  getChannel,
  insertChannel,
  saveChannel,
  withFate,
} from "./channel-store.ts";

/** @throws AppError `invalid` naming url, to or secret, or `conflict` (`name_taken`) */
export async function createChannel(ctx: Ctx, input: CreateChannel): Promise<Channel> {
  const { name, kind, secret } = input;
  const place = placeOf(kind, input);
  if (place === null) throw missingPlace(kind);
  checkSecret(kind, secret);
  await requireFreeName(ctx, name, null);
  const id = newId("channel");
  const { secrets } = ctx.deps;
  const row = await insertChannel(ctx.tx, id, {
    name,
    kind,
    host: place.host,
    sealedUrl: sealUrl(secrets, id, place.url),
    sealedSecret: secret === undefined ? null : sealSecret(secrets, id, secret),
  });
  await audit(ctx, {
    action: "channel.create",
    object: { type: "channel", id },
    tenantId: null,
    after: { name, kind, host: row.host },
  });
  return withFate(ctx.tx, row);
}

/**
 * What is left out stays; another address needs its secret with it, so that nobody is sent what was meant for another.
 * @throws AppError `not_found`, `stale`, `invalid` naming url, to or secret, or `conflict` (`name_taken`)
 */
export async function updateChannel(
  ctx: Ctx,
  { channelId, expectedGeneration, change }: { channelId: string; expectedGeneration: number; change: UpdateChannel },
): Promise<Channel> {
  const before = await getChannel(ctx.tx, channelId);
  if (before === null) throw notFound("channel");
  const place = placeOf(before.kind, change);
  if (place !== null && before.sealedSecret !== null && change.secret === undefined)
    throw invalidField("secret", "required", "Another address needs its secret with it.", "Give the secret again.");
  if (change.secret !== undefined) checkSecret(before.kind, change.secret);
  if (change.name !== undefined) await requireFreeName(ctx, change.name, channelId);
  const { secrets } = ctx.deps;
  const fields: Partial<ChannelFields> = {
    ...(change.name === undefined ? {} : { name: change.name }),
    ...(place === null ? {} : { host: place.host, sealedUrl: sealUrl(secrets, channelId, place.url) }),
    ...(change.secret === undefined ? {} : { sealedSecret: sealSecret(secrets, channelId, change.secret) }),
  };
  if (!(await saveChannel(ctx.tx, channelId, expectedGeneration, fields)))
    throw new AppError("stale", "Someone else changed this channel.", { fix: "Read it again, then change it." });
  const after = await getChannel(ctx.tx, channelId);
  if (after === null) throw notFound("channel");
  await audit(ctx, {
    action: "channel.update",
    object: { type: "channel", id: channelId },
    tenantId: null,
    before: { name: before.name, host: before.host },
    after: { name: after.name, host: after.host, hasNewSecret: change.secret !== undefined },
  });
  return withFate(ctx.tx, after);
}

/** Its messages go with it. @throws AppError `not_found` */
export async function removeChannel(ctx: Ctx, channelId: string): Promise<void> {
  const before = await getChannel(ctx.tx, channelId);
  if (before === null) throw notFound("channel");
  await deleteChannel(ctx.tx, channelId);
  const { name, kind, host } = before;
  await audit(ctx, {
    action: "channel.remove",
    object: { type: "channel", id: channelId },
    tenantId: null,
    before: { name, kind, host },
  });
}

/**
 * Where a channel's messages go: a URL, or addresses; null = neither was given.
 * @throws AppError `invalid` naming the one that does not belong to its kind, or a URL that cannot be
 */
function placeOf(
  kind: ChannelKind,
  { url, to }: Pick<UpdateChannel, "url" | "to">,
): { url: string; host: string } | null {
  if (kind === "email") {
    if (url !== undefined) throw invalidField("url", "not_wanted", "E-mail goes to addresses.", "Give them in to.");
    if (to === undefined) return null;
    const domains = [...new Set(to.map((address) => address.split("@").at(-1)?.toLowerCase() ?? ""))].sort();
    const count = to.length === 1 ? "1 address" : `${to.length} addresses`;
    return { url: mailtoOf(to), host: `${count} at ${domains.join(", ")}` };
  }
  if (to !== undefined) throw invalidField("to", "not_wanted", "Only e-mail goes to addresses.", "Leave to out.");
  if (url === undefined) return null;
  const checked = checkHookUrl(url, "url");
  return { url: checked, host: new URL(checked).host };
}

const missingPlace = (kind: ChannelKind) =>
  kind === "email"
    ? invalidField("to", "required", "It would have no recipient.", "Give one address or more.")
    : invalidField("url", "required", "Its messages go to an address.", "Give the receiver's URL.");

function checkSecret(kind: ChannelKind, secret: string | undefined): void {
  const fail = (code: string, message: string, fix: string) => invalidField("secret", code, message, fix);
  switch (kind) {
    case "slack":
      if (secret !== undefined) throw fail("not_wanted", "Slack's address is the secret.", "Leave secret out.");
      return;
    case "email":
      if (secret !== undefined) throw fail("not_wanted", "E-mail has no secret.", "Leave secret out.");
      return;
    case "pagerduty":
      if (secret === undefined) throw fail("required", "PagerDuty needs a routing key.", "Give the integration's key.");
      return;
    case "alertmanager":
      if (secret === undefined)
        throw fail(
          "required",
          "Its messages are signed.",
          "Give a secret that the receiver knows, 16 characters or more.",
        );
  }
}

async function requireFreeName(ctx: Ctx, name: string, own: string | null): Promise<void> {
  const taken = await findChannelByName(ctx.tx, name);
  if (taken !== null && taken.id !== own)
    throw conflict("name_taken", `There is a channel "${name}" already.`, "Choose another name.", "name");
}
