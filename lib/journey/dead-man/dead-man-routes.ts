import { route } from "#lib/identity/route.ts";
import { DeadManReply, DeadManSwitchSchema, SetDeadManSwitch } from "../browser/dead-man-schema.ts";
import { removeDeadMan, setDeadMan, viewDeadMan } from "./change-dead-man.ts";
import { readDeadMan } from "./dead-man-store.ts";

/** Who notices when Switchyard itself is gone. */
export const deadManRoutes = [
  route(
    "GET /dead-man-switch",
    { summary: "Read the address that Switchyard calls while it is healthy", action: "fleet.read", ok: DeadManReply },
    async ({ ctx }) => {
      const record = await readDeadMan(ctx.tx);
      return { deadManSwitch: record && viewDeadMan(record) };
    },
  ),
  route(
    "PUT /dead-man-switch",
    {
      summary: "Set the address that Switchyard calls while it is healthy",
      description:
        "Sends a POST at a fixed interval while Switchyard has no problem. Problems are a background job that is late, failing or not run; no running gateway; undelivered messages; no reachable node; a full disk or database. A service that expects the calls alerts you when they stop.",
      action: "settings.write",
      body: SetDeadManSwitch,
      ok: DeadManSwitchSchema,
    },
    ({ ctx, body }) => setDeadMan(ctx, body),
  ),
  route(
    "DELETE /dead-man-switch",
    { summary: "Remove the dead man's switch", action: "settings.write", ok: null, errors: ["not_found"] },
    async ({ ctx }) => {
      await removeDeadMan(ctx);
      return undefined;
    },
  ),
] as const;
