import { expect, it } from "vitest";
import type { ChannelKind } from "#lib/alerting/browser/alert-kinds.ts";
import { addressFor } from "./channel-words.ts";

it("keeps the address that was typed for each kind, and lends none of them another's", () => {
  const typed = new Map<ChannelKind, string>([["alertmanager", "https://hooks.example.com"]]);
  expect(addressFor("pagerduty", typed)).toBe("https://events.pagerduty.com/v2/enqueue");
  typed.set("pagerduty", "https://events.eu.pagerduty.com/v2/enqueue");
  expect(addressFor("alertmanager", typed)).toBe("https://hooks.example.com");
  expect(addressFor("pagerduty", typed)).toBe("https://events.eu.pagerduty.com/v2/enqueue");
  expect([addressFor("slack", typed), addressFor("email", typed)]).toEqual(["", ""]);
});
