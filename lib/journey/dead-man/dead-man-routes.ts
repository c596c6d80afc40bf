import { route } from "#lib/identity/route.ts";
import { DeadManReply, DeadManSwitchSchema, SetDeadManSwitch } from "../browser/dead-man-schema.ts";
import { removeDeadMan, setDeadMan, viewDeadMan } from "./change-dead-man.ts";
import { readDeadMan } from "./dead-man-store.ts";

/** Who notices when Switchyard itself is gone. */
export const deadManRoutes = [
  route(
    "GET /dead-man-switch",
    { summary: "The address that is called as long as Switchyard is well", action: "fleet.read", ok: DeadManReply },
    async ({ ctx }) => {
      const record = await readDeadMan(ctx.tx);
      return { deadManSwitch: record && viewDeadMan(record) };
    },
  ),
  route(
    "PUT /dead-man-switch",
    {
      summary: "Set the address that is called as long as Switchyard is well",
      description:
        "A POST every so many seconds, held back while the pulse has a trouble: a loop is late, failing or run by no worker, no gateway runs, messages do not leave, no node can be seen, or the disk or the database has no room. A service that expects the calls tells you when they stop.",
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
