import { route } from "#lib/identity/route.ts";
import { PulseSchema, SystemSchema } from "../browser/system-schema.ts";
import { readPulse } from "./read-pulse.ts";
import { readSystem } from "./read-system.ts";

/** Switchyard itself, apart from the fleet. */
export const systemRoutes = [
  route("GET /pulse", { summary: "Read Switchyard's own health", action: "fleet.read", ok: PulseSchema }, ({ ctx }) =>
    readPulse(ctx),
  ),
  route(
    "GET /system",
    {
      summary: "Read the state of workers, gateways, queues and the database",
      action: "fleet.read",
      ok: SystemSchema,
    },
    ({ ctx }) => readSystem(ctx),
  ),
] as const;
