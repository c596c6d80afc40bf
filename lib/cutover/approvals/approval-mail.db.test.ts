import { afterAll, beforeAll, expect, it } from "vitest";
import { headerOf, type MailServer, startMailServer } from "#lib/alerting/testing/mail-server.ts";
import { settleFleet } from "#lib/evals/testing/settle-fleet.ts";
import type { Deps } from "#lib/identity/ctx.ts";
import { manualClock } from "#lib/platform/clock.ts";
import { createLease } from "#lib/platform/lease.ts";
import { createMailer, type Mailer } from "#lib/platform/mail.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { AT_ONCE } from "../browser/canary-defaults.ts";
import { NO_POLICY } from "../browser/policy-schema.ts";
import { cutoverTurn } from "../testing/cutover-turn.ts";
import { createShareWorld, OVERRIDE, type ShareWorld } from "../testing/share-world.ts";
import { APPROVAL_MAIL_LOOP, mailApprovers } from "./mail-loop.ts";

let world: ShareWorld;
let server: MailServer;
let mailer: Mailer;
beforeAll(async () => {
  world = await createShareWorld();
  server = await startMailServer();
  mailer = createMailer(server.url);
});
afterAll(async () => {
  mailer.close();
  await server.close();
  await world.close();
});

const inCatalog = <T>(work: Parameters<typeof world.db.write<T>>[1]) => world.db.write(platformScope, work);

/** The loop's own time; cutovers and approvals live in real time. */
const clock = manualClock(new Date());

async function turn(deps: Partial<Deps> = { mailer }): Promise<void> {
  const lease = createLease(world.db, { name: APPROVAL_MAIL_LOOP, holder: crypto.randomUUID(), ttlMs: 60_000 });
  const term = await lease.acquire();
  if (term === null) throw new Error("the loop's lease is taken");
  const all = { ...world.api.deps, consoleUrl: "https://console.example", clock, ...deps };
  await mailApprovers(all, { signal: new AbortController().signal, term });
  await lease.release(term);
}

const person = (email: string, membership: { tenantId: string; role: "tenant_admin" | "tenant_viewer" }) =>
  world.admin.call("POST /users", { body: { email, name: email, password: "a password of length", membership } });

/** A cutover that waits for somebody. */
async function ask(slug: string, beforeLive: "customer" | "platform") {
  const { tenantId, adapterId, versionId } = await world.addTenant(slug, 10);
  const params = { tenantId };
  const { generation } = await world.admin.call("GET /tenants/{tenantId}/release-policy", { params });
  await world.admin.call("PUT /tenants/{tenantId}/release-policy", {
    params,
    body: { ...NO_POLICY, beforeLive },
    generation,
  });
  const { id: cutoverId } = await world.admin.call("POST /adapters/{adapterId}/cutovers", {
    params: { adapterId },
    body: { toVersionId: versionId, overrideReason: OVERRIDE, plan: AT_ONCE },
  });
  await settleFleet(world.db);
  await cutoverTurn(world.api.deps);
  const [approval] = (await world.admin.call("GET /approvals", { query: { tenantId } })).items;
  return { tenantId, cutoverId, approvalId: approval?.id ?? "" };
}

it("writes to the customer's admins once, and once more to remind them", async () => {
  const { tenantId, approvalId } = await ask("mailed", "customer");
  await person("ann@mailed.example", { tenantId, role: "tenant_admin" });
  await person("viv@mailed.example", { tenantId, role: "tenant_viewer" });
  await turn({});
  expect(server.received).toEqual([]);
  server.answers.push(451);
  await turn();
  await turn();
  expect(server.received).toEqual([]);
  clock.advance(60_000);
  await turn();
  await turn();
  expect(server.received.map(({ to }) => to)).toEqual([["ann@mailed.example"]]);
  const [mail] = server.received;
  if (!mail) throw new Error("no mail");
  expect(headerOf(mail, "subject")).toBe("May version 1 of support-bot go live?");
  expect(mail.source.replace(/=\r\n/g, "")).toContain(`https://console.example/portal/approvals/${approvalId}`);
  await inCatalog(({ client }) =>
    client.approval.update({ where: { id: approvalId }, data: { remindAt: new Date(clock.now().getTime() + 1) } }),
  );
  clock.advance(1);
  await turn();
  await turn();
  expect(server.received.map((each) => headerOf(each, "subject"))).toEqual([
    "May version 1 of support-bot go live?",
    "Reminder: May version 1 of support-bot go live?",
  ]);
});

it("writes to the platform's own people what waits for them, and to nobody what is answered", async () => {
  server.received.length = 0;
  const { cutoverId, approvalId } = await ask("ours", "platform");
  const answered = await ask("answered", "platform");
  await world.admin.call("POST /approvals/{approvalId}/approve", {
    params: { approvalId: answered.approvalId },
    body: {},
  });
  await turn();
  expect(server.received.map(({ to }) => to)).toEqual([["admin@example.com"]]);
  const text = server.received[0]?.source.replace(/=\r\n/g, "") ?? "";
  expect(text).toContain("May version 1 of support-bot of ours go live?");
  expect(text).toContain(`https://console.example/cutovers/${cutoverId}`);
  expect(text).not.toContain(answered.approvalId);
  expect(text).toContain(approvalId);
});

it("writes to each address once; one that is refused holds up no other, is recorded, and is tried again by itself", async () => {
  server.received.length = 0;
  const { tenantId, cutoverId, approvalId } = await ask("three", "customer");
  for (const name of ["ann", "bob", "cid"]) await person(`${name}@three.example`, { tenantId, role: "tenant_admin" });
  server.unknown.add("ann@three.example");
  const receivers = () => server.received.flatMap(({ to }) => to);
  const detail = () => world.admin.call("GET /approvals/{approvalId}", { params: { approvalId } });

  await turn();
  await turn();
  expect(receivers()).toEqual(["bob@three.example", "cid@three.example"]);
  const host = `127.0.0.1:${server.port}`;
  expect((await detail()).notWritten).toEqual([
    {
      address: "ann@three.example",
      reason: `${host} took none of the addresses (550).`,
      tries: 1,
      nextTryAt: expect.any(String),
    },
  ]);
  const customer = await world.api.clientWith(["tenant:admin"], tenantId);
  expect(await customer.call("GET /approvals/{approvalId}", { params: { approvalId } })).toMatchObject({
    notWritten: [],
  });

  clock.advance(60_000);
  await turn();
  expect((await detail()).notWritten).toMatchObject([{ tries: 2 }]);
  server.unknown.delete("ann@three.example");
  clock.advance(10 * 60_000);
  await turn();
  await turn();
  expect(receivers()).toEqual(["bob@three.example", "cid@three.example", "ann@three.example"]);
  expect((await detail()).notWritten).toEqual([]);
  await world.admin.call("POST /cutovers/{cutoverId}/abort", { params: { cutoverId }, body: { reason: "Tested." } });
});

it("stops its turn while the mail server is away, and writes to everybody once it is back", async () => {
  server.received.length = 0;
  const { tenantId } = await ask("away", "customer");
  for (const name of ["ann", "bob"]) await person(`${name}@away.example`, { tenantId, role: "tenant_admin" });
  const nowhere = createMailer("smtp://127.0.0.1:1");
  await turn({ mailer: nowhere });
  nowhere.close();
  expect(server.received).toEqual([]);
  clock.advance(60_000);
  await turn();
  expect(server.received.flatMap(({ to }) => to).toSorted()).toEqual(["ann@away.example", "bob@away.example"]);
});
