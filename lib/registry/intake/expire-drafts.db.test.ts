import { mkdir, readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { goodFolder } from "../testing/adapter-folder.ts";
import { createIntakeBench, type IntakeBench } from "../testing/intake-bench.ts";
import { openDraft, sendFiles } from "../testing/register.ts";
import { DRAFT_IDLE_MS } from "../versions/draft-expiry.ts";
import { expireDrafts } from "./expire-drafts.ts";
import { sweepIncoming } from "./sweep-incoming.ts";

let bench: IntakeBench;
beforeAll(async () => {
  bench = await createIntakeBench();
});
afterAll(() => bench.close());

const folder = goodFolder("billing-helper");
const read = (versionId: string) => bench.api.admin.call("GET /versions/{versionId}", { params: { versionId } });
const depsAt = (at: number) => ({ ...bench.api.deps, clock: { ...bench.api.deps.clock, now: () => new Date(at) } });

it("gives up a draft to which nothing came for a week, says so before and after, and removes its bytes", async () => {
  const { adapter } = await bench.freshAdapter();
  const draft = await openDraft(bench.api.admin, adapter.id, folder);
  expect(Date.parse(draft.expiresAt ?? "")).toBe(Date.parse(draft.createdAt) + DRAFT_IDLE_MS);
  await sendFiles(bench.api.admin, draft.id, new Map([...folder].slice(0, 1)));
  const { expiresAt } = await read(draft.id);
  const due = Date.parse(expiresAt ?? "");
  expect(due).toBeGreaterThan(Date.parse(draft.expiresAt ?? ""));

  expect(await expireDrafts(depsAt(due - 1))).toBe(0);
  expect((await read(draft.id)).state).toBe("draft");
  expect(await expireDrafts(depsAt(due + 1))).toBe(1);
  expect(await expireDrafts(depsAt(due + 1))).toBe(0);
  expect(await read(draft.id)).toMatchObject({
    state: "deleted",
    stateReason: "Nothing arrived for 7 days.",
    expiresAt: null,
  });
  expect((await bench.actionsOn(draft.id))[0]).toBe("version.expire");

  expect(await sweepIncoming(depsAt(due + 1), 0)).toBe(1);
  expect(await readdir(join(bench.api.deps.adapterStore, ".incoming"))).toEqual([]);
  expect((await openDraft(bench.api.admin, adapter.id, folder)).number).toBe(2);
});

it("goes on sweeping when a folder is moved away in the meantime", async () => {
  const incoming = join(bench.api.deps.adapterStore, ".incoming");
  await mkdir(incoming, { recursive: true });
  // listed, but gone for whoever looks: what a folder is between the two
  await symlink(join(incoming, "moved-on"), join(incoming, "a-link-to-nothing"));
  await mkdir(join(incoming, "left-by-a-crash"));
  expect(await sweepIncoming(bench.api.deps, 0)).toBe(1);
  expect(await readdir(incoming)).toEqual(["a-link-to-nothing"]);
});
