import { route } from "#lib/identity/route.ts";
import { SystemHealthSchema, SystemSchema } from "../browser/system-schema.ts";
import { readSystem } from "./read-system.ts";
import { readSystemHealth } from "./read-system-health.ts";

/** Switchyard itself, apart from the fleet. */
export const systemRoutes = [
  route(
    "GET /pulse",
    { summary: "Read Switchyard's own health", action: "fleet.read", ok: SystemHealthSchema },
    ({ ctx }) => readSystemHealth(ctx),
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
