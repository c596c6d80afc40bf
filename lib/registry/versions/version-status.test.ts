import { describe, expect, it } from "vitest";
import type { VersionAlias } from "../schema.ts";
import { FILES_HOLDER, statusOf } from "./version-status.ts";

const ready = (change: Partial<Parameters<typeof statusOf>[0]> = {}) =>
  statusOf({ state: "ready", aliases: [], retentions: [], wasRolledBack: false, ...change });
const staged = [{ holder: "stage:ver_1" }];
const aliases = (...names: VersionAlias[]) => names;

describe("statusOf", () => {
  it.each<[string, Parameters<typeof ready>[0], string]>([
    ["ready", {}, "ready"],
    ["kept on nodes", { retentions: staged }, "staged"],
    ["kept only as files", { retentions: [{ holder: FILES_HOLDER }] }, "ready"],
    ["live", { aliases: aliases("live"), retentions: staged }, "live"],
    ["rolled back", { wasRolledBack: true }, "rolled_back"],
    ["rolled back and loaded again", { wasRolledBack: true, retentions: staged }, "rolled_back"],
    [
      "rolled back, in a new cutover",
      { wasRolledBack: true, retentions: staged, aliases: aliases("candidate") },
      "staged",
    ],
    ["rolled back, and its bytes damaged later", { state: "quarantined", wasRolledBack: true }, "quarantined"],
    ["rolled back and retired", { state: "retired", wasRolledBack: true }, "retired"],
  ])("%s", (_name, change, status) => {
    expect(ready(change)).toBe(status);
  });
});
