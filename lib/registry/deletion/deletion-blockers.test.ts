import { expect, it } from "vitest";
import { type DeletionFacts, deletionBlockers, typedNameOf } from "./deletion-blockers.ts";

const retired: DeletionFacts = { id: "ver_1", adapterId: "adp_1", state: "retired", aliases: [], retentions: [] };
const codes = (change: Partial<DeletionFacts>) => deletionBlockers({ ...retired, ...change }).map(({ code }) => code);

it("lets what is out of use go, and nothing else", () => {
  for (const state of ["draft", "rejected", "quarantined", "retired"] as const) expect(codes({ state })).toEqual([]);
  expect(codes({ state: "ready" })).toEqual(["version_not_retired"]);
  expect(codes({ state: "checking" })).toEqual(["check_in_progress"]);
  expect(codes({ state: "deleted" })).toEqual(["already_deleted"]);
});

it("keeps a quarantined version that is live, and what a rollback would return to", () => {
  expect(codes({ state: "quarantined", aliases: ["live"] })).toEqual(["version_live"]);
  expect(codes({ aliases: ["previous"] })).toEqual(["version_previous"]);
});

it("names everybody who holds it, and the page where that ends", () => {
  const holders = ["run:run_1", "cutover:cut_1", "route:adp_1", "stage:ver_1", "placement", "files", "somebody"];
  const found = deletionBlockers({ ...retired, retentions: holders.map((holder) => ({ holder, reason: holder })) });
  expect(found.map(({ message, href }) => [message, href])).toEqual([
    ["run:run_1", "/evals/runs/run_1"],
    ["cutover:cut_1", "/cutovers/cut_1"],
    ["route:adp_1", "/adapters/adp_1"],
    ["stage:ver_1", "/adapters/adp_1/versions/ver_1/placements"],
    ["placement", "/adapters/adp_1/versions/ver_1/placements"],
    ["files", "/adapters/adp_1/versions/ver_1/placements"],
    ["somebody", null],
  ]);
  expect(found.every(({ fix }) => fix.endsWith("."))).toBe(true);
});

it("says once what routes to it and retains it", () => {
  const retentions = [{ holder: "route:adp_1", reason: "It is live." }];
  expect(codes({ state: "quarantined", aliases: ["live"], retentions })).toEqual(["version_live"]);
  expect(codes({ retentions })).toEqual(["version_in_use"]);
});

it("asks for a name that no other version bears", () => {
  expect(typedNameOf({ tenantSlug: "acme", adapterSlug: "bot", number: 7 })).toBe("acme/bot v7");
});
