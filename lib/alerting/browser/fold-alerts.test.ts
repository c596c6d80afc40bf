import { expect, it } from "vitest";
import { foldAlerts } from "./fold-alerts.ts";

const alert = (id: string, causeId: string | null = null) => ({ id, causeId });

it("alerts stand below their cause, each once", () => {
  const alerts = [alert("late", "down"), alert("down"), alert("burn", "down"), alert("key")];
  const folded = foldAlerts(alerts);
  expect(folded.map((one) => [one.alert.id, ...one.related.map(({ id }) => id)])).toEqual([
    ["down", "late", "burn"],
    ["key"],
  ]);
});

it("one whose cause is elsewhere stands for itself", () => {
  expect(foldAlerts([alert("late", "down")])).toEqual([{ alert: alert("late", "down"), related: [] }]);
});
