import { afterAll, beforeAll, expect, it } from "vitest";
import { platformScope } from "#lib/platform/scope.ts";
import { createTestDatabase, type TestDatabase } from "#lib/platform/testing/test-database.ts";
import { makeTrace } from "../testing/make-trace.ts";
import { recordRequests } from "../testing/record-requests.ts";
import { recordTraceBatch } from "./record-traces.ts";
import type { RequestTrace } from "./trace.ts";
import { TraceBatch } from "./trace-batch.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const at = (ms: number) => new Date(1_764_072_000_000 + ms);
/** Every field has a value of its own, so that no two columns can have changed places. */
const FULL: RequestTrace = {
  id: "req_full",
  tenantId: "ten_1",
  adapterId: "adp_1",
  versionId: "ver_1",
  nodeId: "node_1",
  loraName: 'base "model"\\with\ttraps é 漢',
  kind: "shadow",
  via: "previous_version",
  path: "/v1/completions",
  status: 206,
  reason: "why",
  stream: true,
  simulated: false,
  arrivedAt: at(1),
  dispatchedAt: at(22),
  firstByteAt: at(333),
  endedAt: at(4_444),
  promptTokens: 5,
  completionTokens: 6,
  keyId: "key_1",
  nodeEpoch: 7,
  endpointId: "end_1",
  queuedMs: 8,
  heldMs: 9,
  expectedTier: "cpu",
  attempts: 10,
  fallbackReason: "saturated",
  failedVersionId: "ver_2",
  toolCalls: "invalid",
  comparison: "different",
};
const EMPTY = makeTrace({
  ...{ id: "req_empty", tenantId: null, adapterId: null, versionId: null, nodeId: null, loraName: null, via: null },
  ...{ reason: null, dispatchedAt: null, firstByteAt: null, promptTokens: null, completionTokens: null, keyId: null },
  ...{ nodeEpoch: null, endpointId: null, queuedMs: null, heldMs: null, expectedTier: null, fallbackReason: null },
});

const batchOf = (trace: RequestTrace) => {
  const batch = new TraceBatch();
  batch.add(trace);
  return batch;
};

it("keeps every field of a trace as it was, and a trace that is sent twice once", async () => {
  await recordRequests(database.db, [FULL]);
  await recordRequests(database.db, [{ ...FULL, status: 500 }, EMPTY]);
  const rows = await database.db.read(platformScope, ({ client }) =>
    client.request.findMany({ orderBy: { id: "desc" } }),
  );
  expect(rows).toEqual([FULL, EMPTY]);
});

it("stores requests of any time, and drops nothing for one whose clock was years ahead", async () => {
  const ahead = { ...FULL, id: "req_ahead", arrivedAt: new Date("2031-01-01T00:00:00.000Z") };
  await recordTraceBatch(database.db, batchOf(ahead));
  const ids = await database.db.read(platformScope, ({ client }) => client.request.findMany({ select: { id: true } }));
  expect(ids.map(({ id }) => id).sort()).toEqual(["req_ahead", "req_empty", "req_full"]);
});
