import * as z from "zod";
import { idOf, PageQuery } from "#lib/http/schema.ts";
import { audit } from "#lib/identity/audit.ts";
import { route, routeWithPrepare } from "#lib/identity/route.ts";
import {
  ChannelPage,
  ChannelSchema,
  ChannelTestSchema,
  CreateChannel,
  UpdateChannel,
} from "../browser/alert-schema.ts";
import { createChannel, removeChannel, updateChannel } from "./change-channel.ts";
import { listChannels } from "./channel-store.ts";
import { testChannel } from "./test-channel.ts";

const ChannelParams = z.object({ channelId: idOf("chn") });

/** Where alerts are told. */
export const channelRoutes = [
  route(
    "GET /channels",
    {
      summary: "List notification channels with the delivery state of their messages",
      action: "fleet.read",
      query: PageQuery,
      ok: ChannelPage,
    },
    async ({ ctx, query }) => {
      const { mailer } = ctx.deps;
      const mail = mailer === undefined ? null : { host: mailer.host, from: mailer.from };
      return { ...(await listChannels(ctx.tx, query)), mail };
    },
  ),
  route(
    "POST /channels",
    {
      summary: "Add a channel",
      description:
        "E-mail goes out by SMTP_URL, to up to 20 addresses. An alertmanager channel gets Alertmanager's webhook, signed: x-switchyard-signature is v1= and the HMAC-SHA256, under the secret, of x-switchyard-timestamp, a dot and the body. A message may come twice; its idempotency-key is the same then.",
      action: "settings.write",
      body: CreateChannel,
      ok: ChannelSchema,
      status: 201,
      errors: ["conflict"],
    },
    ({ ctx, body }) => createChannel(ctx, body),
  ),
  route(
    "PATCH /channels/{channelId}",
    {
      summary: "Change a channel",
      action: "settings.write",
      params: ChannelParams,
      body: UpdateChannel,
      ok: ChannelSchema,
      ifMatch: true,
      errors: ["not_found", "conflict", "stale"],
    },
    ({ ctx, params, body, expectedGeneration }) =>
      updateChannel(ctx, { channelId: params.channelId, expectedGeneration, change: body }),
  ),
  route(
    "DELETE /channels/{channelId}",
    {
      summary: "Remove a channel and its waiting messages",
      action: "settings.write",
      params: ChannelParams,
      ok: null,
      errors: ["not_found"],
    },
    async ({ ctx, params }) => {
      await removeChannel(ctx, params.channelId);
      return undefined;
    },
  ),
  routeWithPrepare(
    "POST /channels/{channelId}/test",
    {
      summary: "Send a test message",
      action: "fleet.operate",
      params: ChannelParams,
      ok: ChannelTestSchema,
      errors: ["not_found"],
    },
    ({ params, read }) => testChannel(read, params.channelId),
    async ({ ctx, params, prepared }) => {
      const object = { type: "channel", id: params.channelId } as const;
      await audit(ctx, { action: "channel.test", object, tenantId: null, after: { ok: prepared.ok } });
      return prepared;
    },
  ),
] as const;
