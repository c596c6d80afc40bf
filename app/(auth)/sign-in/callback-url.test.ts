import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { safeCallback } from "./callback-url.ts";

describe("where sign-in leads", () => {
  it("keeps a link with its filters", () => {
    expect(safeCallback("/tenants?q=acme&health=degraded#row")).toBe("/tenants?q=acme&health=degraded#row");
  });

  it.each([
    undefined,
    "",
    "tenants",
    "//evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "https://evil.example/",
    "javascript:1",
    "/sign-in?callbackUrl=/",
    "/api/v1/me",
  ])("falls back to the start for %j", (wanted) => {
    expect(safeCallback(wanted)).toBe("/");
  });

  it("never leaves this site, whatever it is given", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((tail) => `/${tail}`),
          fc.webUrl(),
        ),
        (wanted) => {
          expect(new URL(safeCallback(wanted), "http://site.example").origin).toBe("http://site.example");
        },
      ),
    );
  });
});
