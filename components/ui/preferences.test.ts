import { describe, expect, it } from "vitest";
import { DEFAULT_PREFERENCES, localeOf, parsePreferences, serializePreferences } from "./preferences.ts";

describe("preferences", () => {
  it("survive the cookie", () => {
    const chosen = { density: "compact", zone: "utc", shortcuts: false, sidebar: "collapsed" } as const;
    expect(parsePreferences(serializePreferences(chosen))).toEqual(chosen);
  });

  it("fall back part by part when the cookie is missing or foreign", () => {
    expect(parsePreferences(undefined)).toEqual(DEFAULT_PREFERENCES);
    expect(parsePreferences("huge.utc")).toEqual({ ...DEFAULT_PREFERENCES, zone: "utc" });
  });

  it("take the number locale from the first language Intl knows", () => {
    expect(localeOf("de-CH, en;q=0.8", "en-US")).toBe("de-CH");
    expect(localeOf("*, !!, fr;q=0.5", "en-US")).toBe("fr");
    expect(localeOf(null, "en-US")).toBe("en-US");
  });
});
