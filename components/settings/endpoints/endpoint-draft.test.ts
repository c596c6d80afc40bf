import { describe, expect, it } from "vitest";
import type { Endpoint } from "#lib/registry/browser/endpoint-schema.ts";
import { changeOf, createOf, draftOf } from "./endpoint-draft.ts";

const endpoint: Endpoint = {
  id: "end_1",
  tenantId: "ten_1",
  tenantName: "Harbor",
  name: "Harbor today",
  baseUrl: "https://harbor.example.com/v1",
  model: "harbor-8b",
  hasKey: true,
  gpus: 1,
  costPerMonth: 612.5,
  usedBy: [],
  generation: 3,
  createdAt: "2026-11-25T12:00:00.000Z",
};

describe("an endpoint's form", () => {
  it("sends nothing for what was not touched", () => {
    expect(changeOf(endpoint, draftOf(endpoint))).toEqual({});
  });

  it("sends what was changed, and takes away what was emptied, but for the key", () => {
    const draft = { ...draftOf(endpoint), model: " ", gpus: "", costPerMonth: "$1,200", apiKey: "" };
    expect(changeOf(endpoint, draft)).toEqual({ model: null, gpus: null, costPerMonth: 1200 });
    expect(changeOf(endpoint, { ...draftOf(endpoint), apiKey: "sk-new" })).toEqual({ apiKey: "sk-new" });
  });

  it("leaves to the server what is no number", () => {
    expect(createOf({ ...draftOf(null), gpus: "two" })).toMatchObject({ gpus: -1, costPerMonth: null, tenantId: null });
  });
});
