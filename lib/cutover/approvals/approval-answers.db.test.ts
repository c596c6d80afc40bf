import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AnswerChange } from "#lib/evals/browser/answer-change-schema.ts";
import { problemOf } from "#lib/evals/testing/eval-world.ts";
import { flipped } from "#lib/evals/testing/gateway-double.ts";
import { settleFleet } from "#lib/evals/testing/settle-fleet.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { AT_ONCE } from "../browser/canary-defaults.ts";
import { NO_POLICY } from "../browser/policy-schema.ts";
import { cutoverTurn } from "../testing/cutover-turn.ts";
import { createShareWorld, OVERRIDE, type ShareWorld } from "../testing/share-world.ts";

const PROMPTS = 12;
/** Places of the suite. */
const [WORSE, BETTER, HELD_OUT, OTHERWISE, AS_WRONG] = [3, 5, 7, 9, 10];

let world: ShareWorld;
let approvalId: string;
let tenantId: string;
let heldOut: { id: string; text: string };
beforeAll(async () => {
  world = await createShareWorld();
  const { admin, db, gateway } = world;
  const ids = await world.addTenant("differs", PROMPTS);
  tenantId = ids.tenantId;
  await world.goLive(ids.adapterId, ids.versionId);
  heldOut = await holdOut();
  await beAlone();
  const params = { tenantId };
  const { generation } = await admin.call("GET /tenants/{tenantId}/release-policy", { params });
  const body = { ...NO_POLICY, beforeLive: "customer" as const };
  await admin.call("PUT /tenants/{tenantId}/release-policy", { params, body, generation });

  const v2 = await world.addVersion(ids.adapterId);
  gateway.behave(({ versionId, evalCase: { ordinal } }, right) => {
    if (ordinal === AS_WRONG) return flipped(right);
    if (ordinal === OTHERWISE) return versionId === v2 ? flipped(flipped(right)) : flipped(right);
    const isWrong = versionId === v2 ? [WORSE, HELD_OUT].includes(ordinal) : ordinal === BETTER;
    return isWrong ? flipped(right) : right;
  });
  await admin.call("POST /versions/{versionId}/runs", { params: { versionId: v2 }, body: {} });
  await settleFleet(db);
  await world.turn();
  await admin.call("POST /adapters/{adapterId}/cutovers", {
    params: { adapterId: ids.adapterId },
    body: { toVersionId: v2, plan: AT_ONCE, overrideReason: OVERRIDE, confirmTenant: "differs" },
  });
  await settleFleet(db);
  await cutoverTurn(world.api.deps);
  const [approval] = (await admin.call("GET /approvals", { query: { tenantId } })).items;
  if (!approval) throw new Error("nothing is asked");
  approvalId = approval.id;
});
afterAll(() => world.close());

/** Keeps one prompt of the tenant's suite from it. */
async function holdOut() {
  const { admin } = world;
  const suite = (await admin.call("GET /suites", { query: { tenantId } })).items[0];
  const params = { suiteId: suite?.id ?? "" };
  const { items } = await admin.call("GET /suites/{suiteId}/cases", { params, query: {} });
  const kept = items.find(({ ordinal }) => ordinal === HELD_OUT);
  if (!suite || !kept) throw new Error("no prompt to hold out");
  const body = { caseIds: [kept.id], holdOut: true };
  await admin.call("POST /suites/{suiteId}/hold-out", { params, body, generation: suite.generation });
  return { id: kept.id, text: JSON.stringify(kept.messages.at(-1)?.content ?? "").slice(1, -1) };
}

/** Whoever started a run may not set its verdict aside while there is another admin. */
const beAlone = () =>
  world.db.write(platformScope, ({ client }) => client.user.updateMany({ data: { disabledAt: new Date() } }));

const answers = (client: typeof world.admin, query: { limit?: number; cursor?: string } = {}) =>
  client.call("GET /approvals/{approvalId}/answers", { params: { approvalId }, query });

/** Which of the two answers differs from the right one, in a tool's name or in an argument. */
function marked({ compared }: AnswerChange) {
  const lines = compared.flatMap((call) => [call, ...call.rows]);
  return {
    baseline: lines.some(({ baselineDiffers }) => baselineDiffers),
    candidate: lines.some(({ candidateDiffers }) => candidateDiffers),
  };
}

describe("what an approval shows", () => {
  it("is what the gate proved, in its own words, of all prompts", async () => {
    const customer = await world.api.clientWith(["tenant:read"], tenantId);
    const { gate } = await customer.call("GET /approvals/{approvalId}", { params: { approvalId } });
    expect(gate).toMatchObject({ prompts: PROMPTS, heldOut: 1, greedy: { confirmed: 2 } });
    for (const mode of [gate?.greedy, gate?.sampled]) expect(mode?.claim).toMatch(/% .*95 % confidence/);
  });

  it("are the customer's own prompts that answer differently, worse ones first, side by side; as wrong as before is none", async () => {
    const customer = await world.api.clientWith(["tenant:read"], tenantId);
    const page = await answers(customer);
    expect(page.counts).toEqual({ worse: 1, otherwise: 1, better: 1, prompts: PROMPTS - 1 });
    expect(page.items.map(({ change }) => change)).toEqual(["worse", "otherwise", "better"]);
    const [worse, otherwise, better] = page.items;
    if (!worse || !otherwise || !better) throw new Error("no answers");
    expect(worse.baseline?.calls.map(({ name }) => name)).toEqual(worse.expected.calls.map(({ name }) => name));
    expect(worse.candidate?.calls).not.toEqual(worse.baseline?.calls);
    expect(better.candidate?.calls.map(({ name }) => name)).toEqual(better.expected.calls.map(({ name }) => name));
    expect(better.baseline?.calls).not.toEqual(better.candidate?.calls);
    // of both answers it is marked what is not right: the candidate's where it is worse, the baseline's where it is better
    expect(marked(worse)).toEqual({ baseline: false, candidate: true });
    expect(marked(better)).toEqual({ baseline: true, candidate: false });
    expect(marked(otherwise)).toEqual({ baseline: true, candidate: true });
    expect(otherwise.candidate?.calls).not.toEqual(otherwise.baseline?.calls);
    const first = await answers(customer, { limit: 1 });
    expect(first.items).toEqual([worse]);
    const rest = await answers(customer, { limit: 1, cursor: first.nextCursor ?? "" });
    expect(rest).toMatchObject({ items: [otherwise], nextCursor: expect.any(String) });
  });

  it("never is a prompt that was held out, nor what was answered to it, for nobody", async () => {
    for (const client of [await world.api.clientWith(["tenant:admin"], tenantId), world.admin]) {
      const text = JSON.stringify(await answers(client));
      expect(text).not.toContain(heldOut.id);
      expect(text).not.toContain(heldOut.text);
    }
  });

  it("is nobody else's to see", async () => {
    const other = await world.addTenant("same", 10);
    const stranger = await world.api.clientWith(["tenant:admin"], other.tenantId);
    expect(await problemOf(answers(stranger))).toMatchObject({ status: 404 });
    expect(await problemOf(answers(world.admin, { cursor: "x" }))).toMatchObject({ status: 422 });
  });
});
