import { describe, expect, it } from "vitest";
import { nameFor } from "./name-for.ts";

describe("who did something", () => {
  it("is told to staff by name", () => {
    expect(nameFor(true, "ops@provider.example")).toBe("ops@provider.example");
  });

  it("is told to customers by name where it is one of their own, and else is their provider", () => {
    const own = new Set(["ann@acme.example"]);
    expect(nameFor(false, "ann@acme.example", own)).toBe("ann@acme.example");
    expect(nameFor(false, "ops@provider.example", own)).toBe("Your provider");
    expect(nameFor(false, "ann@acme.example")).toBe("Your provider");
  });
});
