import type { Client } from "#lib/api/client.ts";
import { createTestApi, type TestApi } from "#lib/api/testing/test-api.ts";
import { type Actor, systemActor } from "#lib/identity/actor.ts";
import { audit } from "#lib/identity/audit.ts";
import { type Deps, writeCtx } from "#lib/identity/ctx.ts";
import { newId } from "#lib/platform/ids.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { writeAs } from "../act-as.ts";
import type { ItemOutcome, JobHandler, RunningItem, RunningJob } from "../job-handler.ts";
import type { Job, JobItem } from "../schema.ts";
import { type JobRequest, startJob } from "../start-job.ts";

/** What an item of a test does besides leaving its mark. */
type Script = (item: RunningItem, job: RunningJob, deps: Deps, signal: AbortSignal) => Promise<ItemOutcome | undefined>;

export type JobWorld = {
  api: TestApi;
  /** Queues a job of the kind `mark` whose items are called "0", "1", … */
  start(count: number, actor?: Actor): Promise<Job>;
  startAs(actor: Actor, request: JobRequest): Promise<Job>;
  job(id: string): Promise<Job>;
  items(id: string): Promise<JobItem[]>;
  /** The marks that items left: their keys, as often as they were done. */
  marks(jobId: string): Promise<{ key: string; actor: string }[]>;
  close(): Promise<void>;
};

/** An audit row is the mark: it shows who did it, in whose name, and how often. */
export const markHandler = (script: Script = async () => undefined, concurrency = 1): JobHandler => ({
  kind: "mark",
  action: "version.write",
  concurrency,
  async runItem(deps, job, item, signal) {
    const early = await script(item, job, deps, signal);
    if (early) return early;
    await writeAs(deps, job, (ctx) =>
      audit(ctx, { action: "test.mark", object: { type: "job", id: item.key }, tenantId: null }),
    );
    return { state: "succeeded", message: `Marked ${item.key}.` };
  },
});

export async function createJobWorld(): Promise<JobWorld> {
  const api = await createTestApi();
  const startAs = (actor: Actor, request: JobRequest) =>
    writeCtx(api.deps, { actor, scope: platformScope, requestId: newId("request") }, (ctx) => startJob(ctx, request));
  return {
    api,
    startAs,
    start: (count, actor = systemActor("test")) =>
      startAs(actor, {
        kind: "mark",
        title: `Mark ${count}`,
        items: Array.from({ length: count }, (_, index) => ({ key: String(index), label: `Mark ${index}` })),
      }),
    job: (jobId) => api.admin.call("GET /jobs/{jobId}", { params: { jobId } }),
    items: (jobId) => allItems(api.admin, jobId),
    marks: (jobId) =>
      api.deps.db.read(platformScope, async ({ client }) => {
        const rows = await client.auditEntry.findMany({
          where: { requestId: jobId, action: "test.mark" },
          orderBy: { id: "asc" },
          select: { objectId: true, actor: true },
        });
        return rows.map(({ objectId, actor }) => ({ key: objectId, actor: (actor as { label: string }).label }));
      }),
    close: () => api.close(),
  };
}

/** Every item of a job, page by page. */
export async function allItems(client: Client, jobId: string): Promise<JobItem[]> {
  const items: JobItem[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await client.call("GET /jobs/{jobId}/items", {
      params: { jobId },
      query: { limit: 200, ...(cursor ? { cursor } : {}) },
    });
    items.push(...page.items);
    if (page.nextCursor === null) return items;
    cursor = page.nextCursor;
  }
}
