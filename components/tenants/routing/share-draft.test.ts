import { describe, expect, it } from "vitest";
import type { AdapterRoute } from "#lib/registry/schema.ts";
import { bodyOf, draftOf } from "./share-draft.ts";

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
    expect(bodyOf(draftOf(route))).toEqual({
      candidateVersionId: "ver_2",
      weightPercent: 5,
      mirrorVersionId: null,
      mirrorPercent: 0,
    });
  });

  it("gives no share to no version, and leaves to the server what is no number", () => {
    expect(bodyOf({ ...draftOf(route), candidateVersionId: "" })).toMatchObject({ weightPercent: 0 });
    expect(bodyOf({ ...draftOf(route), weightPercent: "half" })).toMatchObject({ weightPercent: -1 });
    expect(bodyOf({ ...draftOf(route), overrideReason: "Known from elsewhere." })).toMatchObject({
      overrideReason: "Known from elsewhere.",
    });
  });
});
