import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLease } from "#lib/platform/lease.ts";
import { platformScope, tenantScope } from "#lib/platform/scope.ts";
import { createEvalWorld, type EvalWorld, problemOf } from "../../testing/eval-world.ts";
import { keepRecorded } from "./keep-recorded.ts";
import { prepareRecorded } from "./prepare-recorded.ts";
import { RECORDED_LOOP, recordedTurn } from "./recorded-loop.ts";

let world: EvalWorld;
beforeAll(async () => {
  world = await createEvalWorld();
});
afterAll(() => world.close());

const TOOLS = [
  {
    type: "function",
    function: {
      name: "find_order",
      parameters: { type: "object", properties: { id: { type: "string" } }, required: ["id"] },
    },
  },
];
const DAY_MS = 86_400_000;

/** A tenant whose version 1 is live, with its admin and its viewer. */
async function customerOf(slug: string) {
  const { tenantId, adapterId, versionId } = await world.addTenant(slug, 10);
  const [customer, viewer] = [
    await world.api.clientWith(["tenant:admin"], tenantId),
    await world.api.clientWith(["tenant:read"], tenantId),
  ];
  const params = { adapterId };
  return {
    tenantId,
    adapterId,
    versionId,
    customer,
    viewer,
    params,
    allow: (body: object = {}, client = customer) =>
      client.call("POST /adapters/{adapterId}/recording", { params, body: { agreed: true, ...body } }),
    end: (withdraw: boolean, client = customer) =>
      client.call("POST /adapters/{adapterId}/recording/end", { params, body: { withdraw } }),
    state: (client = customer) => client.call("GET /adapters/{adapterId}/recording", { params }),
    list: (client = customer) => client.call("GET /adapters/{adapterId}/recorded", { params, query: {} }),
    makeSuite: (name: string, client = world.admin) =>
      client.call("POST /adapters/{adapterId}/recorded/suite", { params, body: { name } }),
  };
}

/** What a gateway tells of a request for that order. */
function keep(recordingId: string, versionId: string, said: string, askedAt = new Date(), call = '{"id":"A-1"}') {
  const body = JSON.stringify({ messages: [{ role: "user", content: said }], tools: TOOLS });
  const calls = [{ name: "find_order", arguments: call }];
  const prepared = prepareRecorded({ body, calls, content: "" }, [], Math.random);
  return keepRecorded(world.db, { recordingId, versionId, askedAt, prepared }, new Date());
}
const idOf = (state: { recording: { id: string } | null }) => state.recording?.id ?? "";
const auditOf = async (objectId: string) =>
  (await world.admin.call("GET /audit", { query: { objectId } })).items.map(({ action }) => action);
async function turn() {
  const lease = createLease(world.db, { name: RECORDED_LOOP, holder: crypto.randomUUID(), ttlMs: 60_000 });
  const term = await lease.acquire();
  if (term === null) throw new Error("another test holds the loop");
  await recordedTurn(world.api.deps, { term });
  await lease.release(term);
}

describe("leave to record", () => {
  it("is the customer's admin's to give: not a viewer's, not ours, not another tenant's", async () => {
    const acme = await customerOf("acme-leave");
    const other = await customerOf("other-leave");
    expect((await acme.state()).recording).toBeNull();
    expect(await problemOf(acme.allow({}, acme.viewer))).toMatchObject({ status: 403 });
    expect(await problemOf(acme.allow({}, world.admin))).toMatchObject({ status: 403 });
    expect(await problemOf(acme.allow({}, other.customer))).toMatchObject({ status: 404 });
    const state = await acme.allow({ perCent: 50, days: 7, most: 200, words: ["Acme", "Acme"] });
    expect(state.recording).toMatchObject({ perCent: 50, most: 200, words: ["Acme"], kept: 0, endedAt: null });
    expect(Date.parse(state.recording?.until ?? "") - Date.parse(state.recording?.startedAt ?? "")).toBe(7 * DAY_MS);
    expect(await auditOf(idOf(state))).toEqual(["recording.allow"]);
    // staff see that it runs, not the names that are replaced
    expect((await acme.state(world.admin)).recording).toMatchObject({ perCent: 50, words: null });
    expect(await problemOf(acme.allow())).toMatchObject({ status: 409, code: "already_recording" });
  });

  it("cannot be written by the platform even past the use case: the database refuses", async () => {
    const { tenantId, adapterId } = await customerOf("acme-forged");
    const [startedAt, until] = [new Date(), new Date(Date.now() + DAY_MS)];
    const data = {
      id: "rec_1",
      tenantId,
      adapterId,
      perCent: 1,
      most: 10,
      words: [],
      startedBy: "x",
      startedAt,
      until,
    };
    const forge = world.db.write(platformScope, ({ client }) => client.recording.create({ data }));
    await expect(forge).rejects.toThrow(/row-level security/);
    const elsewhere = world.db.write(tenantScope((await customerOf("acme-forger")).tenantId), ({ client }) =>
      client.recording.create({ data }),
    );
    await expect(elsewhere).rejects.toThrow(/row-level security/);
  });

  it("names the field of what it does not take", async () => {
    const { allow } = await customerOf("acme-bad");
    for (const [body, field] of [
      [{ agreed: false }, "agreed"],
      [{ perCent: 0 }, "perCent"],
      [{ days: 31 }, "days"],
      [{ most: 5 }, "most"],
      [{ words: ["a"] }, "words.0"],
    ] as const)
      expect(await problemOf(allow(body))).toMatchObject({ status: 422, errors: [{ field }] });
  });
});

describe("what is kept", () => {
  it("is redacted, shown to both sides, and to no other tenant; taken out one by one by either", async () => {
    const acme = await customerOf("acme-kept");
    const other = await customerOf("other-kept");
    const id = idOf(await acme.allow());
    await keep(id, acme.versionId, "Mail maya@northwind.example about A-1");
    await keep(id, acme.versionId, "And order A-2", new Date(), '{"id":"A-2"}');
    const { items } = await acme.list();
    expect(items.map(({ messages }) => messages[0]?.content)).toEqual([
      "And order A-2",
      "Mail person1@example.com about A-1",
    ]);
    expect(items[0]).toMatchObject({ category: "recorded_call", expected: { calls: [{ arguments: '{"id":"A-2"}' }] } });
    expect((await acme.list(world.admin)).items).toHaveLength(2);
    expect(await problemOf(acme.list(other.customer))).toMatchObject({ status: 404 });
    const params = { recordedId: items[0]?.id ?? "" };
    const remove = (client = acme.customer) => client.call("DELETE /recorded/{recordedId}", { params });
    expect(await problemOf(remove(other.customer))).toMatchObject({ status: 404 });
    expect(await problemOf(remove(acme.viewer))).toMatchObject({ status: 403 });
    expect(await remove()).toMatchObject({ cases: 1, recording: { kept: 2 } });
    expect(await problemOf(remove())).toMatchObject({ status: 404 });
    expect(await auditOf(params.recordedId)).toEqual(["recording.discard"]);
  });

  it("counts what asks the same, and what is no prompt, by why", async () => {
    const acme = await customerOf("acme-counts");
    const id = idOf(await acme.allow());
    for (const said of ["Order A-1?", "order  a-1?", "Order A-3?"]) await keep(id, acme.versionId, said);
    await keep(id, acme.versionId, "Broken", new Date(), '{"id":7}');
    expect((await acme.state()).recording).toMatchObject({
      looked: 4,
      kept: 2,
      repeated: 1,
      unusable: { unsound: 1 },
    });
  });

  it("ends by itself once as many are kept as were allowed, also when they come at once", async () => {
    const acme = await customerOf("acme-full");
    const id = idOf(await acme.allow({ most: 10 }));
    await Promise.all(Array.from({ length: 14 }, (_, at) => keep(id, acme.versionId, `Order B-${at}?`)));
    const { recording, cases } = await acme.state();
    expect(recording).toMatchObject({ kept: 10, endReason: "full" });
    expect(cases).toBe(10);
  });

  it("is deleted when its time is over, and a recording ends with its own", async () => {
    const acme = await customerOf("acme-old");
    const id = idOf(await acme.allow());
    await keep(id, acme.versionId, "Old one", new Date(Date.now() - 30 * DAY_MS - 1));
    await keep(id, acme.versionId, "New one", new Date());
    await world.db.write(platformScope, ({ client }) =>
      client.recording.update({ where: { id }, data: { until: new Date() }, select: { id: true } }),
    );
    await turn();
    expect((await acme.list()).items.map(({ messages }) => messages[0]?.content)).toEqual(["New one"]);
    expect((await acme.state(world.admin)).recording).toMatchObject({ endReason: "over", endedBy: "recorded" });
  });
});

describe("an end", () => {
  it("by a stop leaves what was kept; nothing comes after it, whatever a gateway still holds", async () => {
    const acme = await customerOf("acme-stop");
    const id = idOf(await acme.allow());
    await keep(id, acme.versionId, "Before");
    expect(await problemOf(acme.end(false, acme.viewer))).toMatchObject({ status: 403 });
    expect(await acme.end(false, world.admin)).toMatchObject({ cases: 1, recording: { endReason: "stopped" } });
    await keep(id, acme.versionId, "After");
    expect((await acme.list()).items).toHaveLength(1);
    const { recording } = await acme.state();
    expect(recording?.endedBy).toBe("Your provider");
    expect((await acme.state(world.admin)).recording?.endedBy).toBe("key ADMIN_API_KEY");
    // the same again changes nothing
    expect((await acme.end(false)).recording).toEqual(recording);
    expect(await auditOf(id)).toEqual(["recording.stop", "recording.stop", "recording.allow"]);
    // and it may be allowed again
    expect((await acme.allow()).recording?.id).not.toBe(id);
  });

  it("is told to the customer by name where its own people or keys ended it", async () => {
    const acme = await customerOf("acme-told");
    await acme.allow();
    await acme.end(false);
    const own = "key tenant:admin";
    expect((await acme.state(acme.viewer)).recording).toMatchObject({ startedBy: own, endedBy: own });
    await acme.allow();
    const [email, name] = ["ann@acme.example", "Ann"];
    const membership = { tenantId: acme.tenantId, role: "tenant_admin" as const };
    const { id: userId } = await world.admin.call("POST /users", {
      body: { email, name, password: "correct horse battery", membership },
    });
    world.api.signInAs({
      ...{ kind: "user", userId, sessionId: "ses_1", email, name, staffRole: null },
      memberships: [membership],
    });
    const ended = await world.api.fetch(`/api/v1/adapters/${acme.adapterId}/recording/end`, {
      method: "POST",
      headers: { host: "localhost", origin: "http://localhost", "content-type": "application/json" },
      body: JSON.stringify({ withdraw: true }),
    });
    world.api.signInAs(null);
    expect(await ended.json()).toMatchObject({ recording: { endedBy: email } });
    expect((await acme.state(acme.viewer)).recording).toMatchObject({ startedBy: own, endedBy: email });
  });

  it("by a withdrawal deletes it all, also of recordings that ended before; what a suite was made of stays there", async () => {
    const acme = await customerOf("acme-withdraw");
    const first = idOf(await acme.allow());
    await keep(first, acme.versionId, "One");
    await acme.end(false);
    const suite = await acme.makeSuite("Recorded");
    const second = idOf(await acme.allow());
    await keep(second, acme.versionId, "Two");
    expect(await acme.end(true)).toMatchObject({ cases: 0, recording: { id: second, endReason: "withdrawn" } });
    expect(await world.admin.call("GET /suites/{suiteId}", { params: { suiteId: suite.id } })).toMatchObject({
      caseCount: 1,
      source: "recorded",
    });
    expect(await problemOf((await customerOf("acme-never")).end(true))).toMatchObject({ code: "never_recorded" });
    expect(await auditOf(second)).toEqual(["recording.withdraw", "recording.allow"]);
  });
});

describe("a suite of it", () => {
  it("has each prompt once, in the order they were asked, and its answers are the live version's", async () => {
    const acme = await customerOf("acme-suite");
    expect(await problemOf(acme.makeSuite("Nothing"))).toMatchObject({ status: 409, code: "nothing_recorded" });
    for (const said of ["Order A-1?", "Order A-2?"]) {
      const id = idOf(await acme.allow());
      await keep(id, acme.versionId, "Both ask this");
      await keep(id, acme.versionId, said);
      await acme.end(false);
    }
    expect(await problemOf(acme.makeSuite("Mine", acme.customer))).toMatchObject({ status: 403 });
    const suite = await acme.makeSuite("Recorded");
    expect(suite).toMatchObject({ caseCount: 3, heldOut: 0, source: "recorded", isFinal: false });
    const { items } = await world.admin.call("GET /suites/{suiteId}/cases", {
      params: { suiteId: suite.id },
      query: {},
    });
    expect(items.map(({ messages }) => messages[0]?.content)).toEqual(["Both ask this", "Order A-1?", "Order A-2?"]);
    expect(items[0]).toMatchObject({
      key: "recorded_call-001",
      expected: { calls: [{ name: "find_order", arguments: '{"id":"A-1"}' }] },
    });
    expect(await problemOf(acme.makeSuite("Recorded"))).toMatchObject({ status: 409, code: "suite_unchanged" });
  });
});
