import * as z from "zod";
import { IsoTime } from "#lib/http/schema.ts";

/** stopped = no worker that is there runs it; late = it should have run again by now; failing = its last run failed. */
export const LOOP_STATES = ["on_time", "running", "late", "failing", "stopped"] as const;
export const LoopViewSchema = z.object({
  name: z.string(),
  state: z.enum(LOOP_STATES),
  lastRunAt: IsoTime.nullable(),
  lastError: z.string().nullable(),
  /** Seconds that it is overdue; null = it is not. */
  overdueSeconds: z.number().int().nullable(),
  /** The worker that holds its lease; null = nobody does. */
  holder: z.string().nullable(),
  everySeconds: z.number().nullable(),
});
export type LoopView = z.infer<typeof LoopViewSchema>;

/** Switchyard's own health, apart from the fleet. */
export const SystemHealthSchema = z.object({
  ok: z.boolean(),
  /** The first of its troubles, or that there is none. */
  sentence: z.string(),
  /** Everything that is wrong, what explains most first. */
  troubles: z.array(z.string()),
  loops: z.array(LoopViewSchema),
});
export type SystemHealth = z.infer<typeof SystemHealthSchema>;

const Disk = z.number().int().nullable();
/** Everything that Switchyard needs to be well itself, each as of `at`. */
export const SystemSchema = z.object({
  at: IsoTime,
  workers: z.array(
    z.object({
      id: z.string(),
      host: z.string(),
      pid: z.number().int(),
      startedAt: IsoTime,
      seenAt: IsoTime,
      isThere: z.boolean(),
      memoryBytes: z.number().int(),
      freeDataBytes: Disk,
      freeAdapterBytes: Disk,
    }),
  ),
  gateways: z.array(
    z.object({
      id: z.string(),
      startedAt: IsoTime,
      seenAt: IsoTime,
      isThere: z.boolean(),
      /** When its routing snapshot was read; null = it has none. */
      snapshotAt: IsoTime.nullable(),
      tracesPending: z.number().int(),
    }),
  ),
  /** null = nothing was scraped yet. */
  scrape: z
    .object({
      seen: z.number().int(),
      of: z.number().int(),
      waiting: z.number().int(),
      lost: z.number().int(),
      at: IsoTime.nullable(),
    })
    .nullable(),
  jobs: z.object({ waiting: z.number().int(), running: z.number().int(), oldestWaitingAt: IsoTime.nullable() }),
  notifications: z.object({
    waiting: z.number().int(),
    oldestWaitingAt: IsoTime.nullable(),
    gaveUpLastDay: z.number().int(),
  }),
  database: z.object({
    version: z.string(),
    bytes: z.number().int(),
    connections: z.number().int(),
    maxConnections: z.number().int(),
    largest: z.array(z.object({ table: z.string(), bytes: z.number().int() })),
  }),
});
export type System = z.infer<typeof SystemSchema>;
