import { gateHandler } from "#lib/evals/bulk/gate-handler.ts";
import { bindHandler } from "#lib/evals/suites/templates/bind-handler.ts";
import { stageHandler } from "#lib/fleet/bulk/stage-handler.ts";
import type { JobHandler } from "#lib/jobs/job-handler.ts";
import { checkRows } from "#lib/registry/imports/check-rows.ts";
import { importRows } from "#lib/registry/imports/import-rows.ts";

/** What the worker can do item by item; each room adds the kinds of jobs that its routes start. */
export const jobHandlers: readonly JobHandler[] = [checkRows, importRows, stageHandler, gateHandler, bindHandler];
