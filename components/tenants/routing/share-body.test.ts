import { describe, expect, it } from "vitest";
import { PutTraffic } from "#lib/cutover/browser/traffic-schema.ts";
import type { AdapterRoute } from "#lib/registry/schema.ts";
import { bodyOf, sharesOf } from "./share-body.ts";

const route: AdapterRoute = {
  id: "rte_1",
  liveVersionId: "ver_1",
  liveVersionNumber: 1,
  previousVersionId: null,
  previousVersionNumber: null,
  liveSince: null,
  originEndpointId: null,
  originUntil: null,
  originEndedAt: null,
  candidateVersionId: "ver_2",
  candidateVersionNumber: 2,
  weightPercent: 5,
  mirrorVersionId: null,
  mirrorVersionNumber: null,
  mirrorPercent: 0,
  generation: 7,
};

describe("a form of shares", () => {
  it("sends what stands, and no reason where none was given", () => {
    expect(bodyOf(sharesOf(route))).toEqual({
      candidateVersionId: "ver_2",
      weightPercent: 5,
      mirrorVersionId: null,
      mirrorPercent: 0,
    });
  });

  it("gives no share to no version, and never a share that is no number", () => {
    expect(bodyOf({ ...sharesOf(route), candidateVersionId: null })).toMatchObject({ weightPercent: 0 });
    const refused = PutTraffic.safeParse(bodyOf({ ...sharesOf(route), weightPercent: Number.NaN }));
    expect(refused.error?.issues.map(({ path }) => path)).toEqual([["weightPercent"]]);
    expect(bodyOf({ ...sharesOf(route), overrideReason: "Known from elsewhere." })).toMatchObject({
      overrideReason: "Known from elsewhere.",
    });
  });
});
