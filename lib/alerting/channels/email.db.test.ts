import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestApi } from "#lib/api/testing/test-api.ts";
import { problemOf } from "#lib/evals/testing/eval-world.ts";
import { createMailer } from "#lib/platform/mail.ts";
import { type AlertWorld, createAlertWorld } from "../testing/alert-world.ts";
import { headerOf, type MailServer, startMailServer } from "../testing/mail-server.ts";

const MINUTE = 60_000;
let server: MailServer;
let world: AlertWorld;
beforeAll(async () => {
  server = await startMailServer();
  world = await createAlertWorld({ mailer: createMailer(server.url) });
});
afterAll(async () => {
  await world.close();
  await server.close();
});
beforeEach(async () => {
  await world.reset();
  server.received.length = 0;
  server.unknown.clear();
  server.answers.length = 0;
});

const TO = ["ann@example.com", "oncall@example.org"];
const add = (to: string[] = TO) =>
  world.api.admin.call("POST /channels", { body: { name: "Mail", kind: "email", to } });
const fire = async () => {
  await world.count(60);
  await world.evaluate();
};
const test = (channelId: string) => world.api.admin.call("POST /channels/{channelId}/test", { params: { channelId } });
const told = async () => {
  const { id } = await world.only("evictions");
  const alert = await world.api.admin.call("GET /alerts/{alertId}", { params: { alertId: id } });
  return alert.notifications[0];
};

describe("e-mail", () => {
  it("tells in its subject what, goes to each address, and has the sentence in text and HTML", async () => {
    await add();
    await fire();
    await world.send();
    const [mail] = server.received;
    if (!mail) throw new Error("no mail");
    expect(mail).toMatchObject({ from: "alerts@example.com", to: TO, user: "ops" });
    const { id, sentence } = await world.only("evictions");
    expect(headerOf(mail, "Subject")).toMatch(/^Warning: node-1 evicted 60 adapters from GPU slots in 5 min/);
    expect(headerOf(mail, "Auto-Submitted")).toBe("auto-generated");
    expect(mail.source).toContain("text/plain");
    expect(mail.source).toContain("text/html");
    const plain = mail.source.replace(/=\r\n/g, "").replace(/=3D/g, "=");
    expect(plain).toContain(`https://console.example.com/alerts/${id}`);
    expect(plain).toContain(sentence.slice(0, 60));
  });

  it("tells the end in the same thread", async () => {
    await add();
    await fire();
    await world.send();
    await world.over(() => world.count(0));
    await world.send();
    const [began, ended] = server.received;
    if (!began || !ended) throw new Error("two mails");
    expect(headerOf(ended, "Subject")).toBe("Resolved: Eviction thrash, node-1");
    expect(headerOf(ended, "References")).toBe(headerOf(began, "References"));
    expect(headerOf(ended, "Message-ID")).not.toBe(headerOf(began, "Message-ID"));
  });

  it("is tried again under one id when the server is not in the mood, without a word of its own", async () => {
    await add();
    server.answers.push(451);
    await fire();
    await world.send();
    expect(server.received).toEqual([]);
    expect(await told()).toMatchObject({
      state: "waiting",
      lastError: expect.stringMatching(/^127\.0\.0\.1:\d+ refused the message \(451\)\.$/),
    });
    world.clock.advance(5_000);
    await world.send();
    const [mail] = server.received;
    if (!mail) throw new Error("no mail");
    const now = await told();
    expect(now).toMatchObject({ state: "sent", attempts: 2, lastError: null });
    expect(headerOf(mail, "Message-ID")).toBe(`<${now?.id}@example.com>`);
  });

  it("that only some addresses took is sent once, and says which did not", async () => {
    await add();
    server.unknown.add("ann@example.com");
    await fire();
    await world.send();
    world.clock.advance(MINUTE);
    await world.send();
    expect(server.received.map(({ to }) => to)).toEqual([["oncall@example.org"]]);
    expect(await told()).toMatchObject({ state: "sent", lastError: expect.stringMatching(/1 of 2 addresses: ann@/) });
    server.unknown.add("oncall@example.org");
    const { items } = await world.api.admin.call("GET /channels", { query: {} });
    expect(await test(items[0]?.id ?? "")).toMatchObject({
      ok: false,
      message: expect.stringMatching(/took none of the addresses \(550\)\.$/),
    });
  });

  it("carries nobody's markup or extra lines, whatever a thing is called", async () => {
    const name = 'node <img src=x onerror="alert(1)">\r\nBcc: eve@example.com';
    await world.rename(name);
    await add();
    await fire();
    await world.send();
    await world.rename("node-1");
    const [mail] = server.received;
    if (!mail) throw new Error("no mail");
    expect(mail.to).toEqual(TO);
    expect(headerOf(mail, "Bcc")).toBe("");
    expect(mail.source.slice(mail.source.indexOf("text/html"))).not.toContain("<img");
  });
});

describe("a channel of addresses", () => {
  it("sends a test, shows how many addresses there are and where, and none of them", async () => {
    const channel = await add();
    expect(channel.host).toBe("2 addresses at example.com, example.org");
    expect(await test(channel.id)).toMatchObject({ ok: true, message: expect.stringContaining("for 2 addresses") });
    expect(server.received.map((mail) => headerOf(mail, "Subject"))).toEqual(["Switchyard test: nothing is wrong"]);
    const shown = await world.api.admin.call("GET /channels", { query: {} });
    expect(JSON.stringify(shown)).not.toContain("ann@");
    expect(shown.mail).toEqual({ host: `127.0.0.1:${server.port}`, from: "alerts@example.com" });
  });

  it("takes other addresses by an edit", async () => {
    const { id: channelId, generation } = await add();
    const body = { to: ["new@example.net"] };
    await world.api.admin.call("PATCH /channels/{channelId}", { params: { channelId }, generation, body });
    await test(channelId);
    expect(server.received.map(({ to }) => to)).toEqual([["new@example.net"]]);
  });

  it("refuses what is no address, none, a URL and a secret, naming the field", async () => {
    const refusal = async (body: Parameters<typeof world.api.admin.call<"POST /channels">>[1]["body"]) =>
      (await problemOf(world.api.admin.call("POST /channels", { body }))).errors[0];
    const mail = { name: "x", kind: "email" as const };
    expect(await refusal({ ...mail, to: ["ann@example.com\r\nBcc: eve@example.com"] })).toMatchObject({
      field: "to.0",
    });
    expect(await refusal(mail)).toMatchObject({ field: "to", code: "required" });
    expect(await refusal({ ...mail, to: TO, url: world.hook })).toMatchObject({ field: "url", code: "not_wanted" });
    expect(await refusal({ ...mail, to: TO, secret: world.secret })).toMatchObject({ field: "secret" });
    expect(await refusal({ name: "x", kind: "slack", to: TO })).toMatchObject({ field: "to", code: "not_wanted" });
    expect(await refusal({ name: "x", kind: "slack" })).toMatchObject({ field: "url", code: "required" });
  });
});

it("a wrong password, a server that is away and no server at all are told apart", async () => {
  const bad = createMailer(server.url.replace("secret", "wrong"));
  const away = createMailer("smtp://127.0.0.1:1");
  for (const [mailer, message] of [
    [bad, /did not accept the sign-in of SMTP_URL \(535\)\.$/],
    [away, /^No answer from 127\.0\.0\.1:1/],
    [undefined, /^SMTP_URL is not set/],
  ] as const) {
    const api = await createTestApi(mailer === undefined ? {} : { mailer });
    const { id } = await api.admin.call("POST /channels", { body: { name: "Mail", kind: "email", to: TO } });
    const reply = await api.admin.call("POST /channels/{channelId}/test", { params: { channelId: id } });
    expect(reply).toMatchObject({ ok: false, message: expect.stringMatching(message), fix: expect.any(String) });
    await api.close();
  }
});
