import type { JobHandler } from "#lib/jobs/job-handler.ts";

/** What the worker can do item by item; each room adds the kinds of jobs that its routes start. */
export const jobHandlers: readonly JobHandler[] = [];
