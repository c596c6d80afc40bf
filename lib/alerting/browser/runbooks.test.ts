import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type NotificationPayload, notificationBody } from "../channels/notification-body.ts";
import { notificationMail } from "../channels/notification-mail.ts";
import { runbookPath } from "./alert-kinds.ts";
import { ALERT_RULES, RULES } from "./rule-table.ts";
import { RUNBOOKS } from "./runbooks.ts";

describe("each rule's runbook", () => {
  it.each(ALERT_RULES)("%s says what it means, what to check and do, whom to call and when it is over", (rule) => {
    const { means, check, first, next, escalate, over } = RUNBOOKS[rule];
    const texts = [
      means,
      ...check.map(({ text }) => text),
      first.text,
      ...next.map(({ text }) => text),
      escalate,
      over,
    ];
    for (const text of texts) expect(text).toMatch(/^[A-Z].{15,}[.?]$/s);
    expect(check.length).toBeGreaterThanOrEqual(2);
    expect(next.length).toBeGreaterThanOrEqual(1);
    // nobody just woken reads more than a page
    expect(texts.join(" ").split(" ").length).toBeLessThan(260);
  });

  it("leads to pages that are there", () => {
    const steps = Object.values(RUNBOOKS).flatMap(({ check, first, next }) => [...check, first, ...next]);
    for (const href of new Set(steps.flatMap(({ page }) => page?.href ?? [])))
      expect(existsSync(new URL(`../../../app/(console)${href}/page.tsx`, import.meta.url)), href).toBe(true);
  });

  it("covers the rules and no others", () => {
    expect(Object.keys(RUNBOOKS).sort()).toEqual(Object.keys(RULES).sort());
  });
});

const payload = (over: Partial<NotificationPayload> = {}): NotificationPayload => ({
  ...{ alertId: "alr_1", event: "firing", rule: "node_down", title: "Node down", severity: "critical" },
  ...{ sentence: "node-1 does not answer.", link: "https://c.example.com/alerts/alr_1", dedupeKey: "k", related: 0 },
  runbook: `https://c.example.com${runbookPath("node_down")}`,
  subject: { type: "node", id: "node_1", name: "node-1", poolId: null, nodeId: null, tenantId: null },
  startedAt: "2026-11-25T12:00:00.000Z",
  resolvedAt: null,
  ...over,
});
const bodies = (of: NotificationPayload): string =>
  JSON.stringify([
    notificationBody("alertmanager", of, null),
    notificationBody("slack", of, null),
    notificationBody("pagerduty", of, "key"),
    notificationMail(of, "ntf_1"),
  ]);

describe("a message", () => {
  it("has its runbook in every shape", () => {
    expect(bodies(payload()).split("https://c.example.com/help/runbooks/node_down").length - 1).toBe(6);
  });

  it.each([
    ["nobody said where the console is", { runbook: "/help/runbooks/node_down" }],
    ["it is a test", { runbook: null }],
    ["an earlier release queued it", { runbook: undefined }],
  ])("has none when %s", (_, over) => {
    expect(bodies(payload(over))).not.toContain("unbook");
  });
});
