import { expect, it } from "vitest";
import { mayBeRead, READERS_END_MS } from "./may-be-read.ts";

const AT = new Date("2026-11-24T10:00:00.000Z");
const after = (ms: number) => new Date(AT.getTime() + ms);
const unloaded = { unloadedAt: AT, unloadedEpoch: 3, condition: null };
const node = { epoch: 3, inFlight: { running: 0, waiting: 0 }, restarted: false };
const busy = { running: 1, waiting: 0 };

it("keeps files while a request that began before the unload may make the engine read them", () => {
  expect(mayBeRead(unloaded, { ...node, inFlight: busy }, after(60_000))).toBe(true);
  expect(mayBeRead(unloaded, { ...node, inFlight: { running: 0, waiting: 2 } }, after(60_000))).toBe(true);
  expect(mayBeRead(unloaded, { ...node, inFlight: null }, after(60_000))).toBe(true);
  expect(mayBeRead(unloaded, node, after(500)), "sent, and not in the engine yet").toBe(true);
});

it("lets them go when the node has nothing in flight, has restarted, or no reply can take so long", () => {
  expect(mayBeRead(unloaded, node, after(2_000))).toBe(false);
  expect(mayBeRead(unloaded, { ...node, epoch: 4, inFlight: busy }, after(1))).toBe(false);
  expect(mayBeRead(unloaded, { ...node, inFlight: busy }, after(READERS_END_MS))).toBe(false);
});

it("waits for a load whose end nobody knows", () => {
  const message = "No answer yet.";
  const condition = { type: "Routable", status: "false", message, lastTransitionTime: AT.toISOString() } as const;
  const pending = { ...unloaded, unloadedAt: null, condition: { ...condition, reason: "load_pending" } };
  expect(mayBeRead(pending, node, after(300_000))).toBe(true);
  expect(mayBeRead(pending, { ...node, restarted: true }, after(300_000))).toBe(false);
  expect(mayBeRead(pending, node, after(600_000))).toBe(false);
  expect(mayBeRead({ ...pending, condition: { ...condition, reason: "unloading" } }, node, AT)).toBe(false);
});
