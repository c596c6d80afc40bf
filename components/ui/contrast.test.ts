import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

/** The tokens as the browser gets them: no copy of a colour lives in this test. */
const css = readFileSync(new URL("../../app/globals.css", import.meta.url), "utf8");

const tokensOf = (selector: string): ReadonlyMap<string, string> => {
  const block = new RegExp(`^${selector} \\{([^}]*)\\}`, "m").exec(css)?.[1] ?? "";
  const pairs = [...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)];
  return new Map(pairs.map((pair) => [pair[1] ?? "", pair[2] ?? ""]));
};

/** WCAG 2.2, relative luminance. */
const luminance = (hex: string): number => {
  const channel = (at: number): number => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
};

const contrast = (one: string, other: string): number => {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
};
/** console.md states one decimal; so does the comparison. */
const rounded = (ratio: number): number => Math.round(ratio * 10) / 10;

const themes = {
  light: {
    tokens: tokensOf(":root,\n.paper"),
    fg: 16.5,
    fg2: 7.2,
    fg3: 4.9,
    control: 3.2,
    accent: 6.3,
    tint: 5.5,
    series: 4.2,
  },
  dark: { tokens: tokensOf(".dark"), fg: 15.8, fg2: 8.4, fg3: 5.8, control: 3.7, accent: 7.3, tint: 6.2, series: 6.8 },
};
const surfaces = ["bg", "sub", "raised"];

describe.each(Object.entries(themes))("%s tokens", (_name, theme) => {
  const hex = (token: string): string => {
    const value = theme.tokens.get(token);
    if (value === undefined) throw new Error(`--${token} is not a hex colour of this theme`);
    return value;
  };
  const lowest = (token: string, over: readonly string[]): number =>
    rounded(Math.min(...over.map((surface) => contrast(hex(token), hex(surface)))));

  it.each([
    ["fg", theme.fg],
    ["fg-2", theme.fg2],
    ["fg-3", theme.fg3],
    ["accent", theme.accent],
  ] as const)("--%s stays readable on every surface", (token, floor) => {
    expect(lowest(token, surfaces)).toBeGreaterThanOrEqual(floor);
  });

  it("draws the border of a control at 3:1", () => {
    expect(lowest("line-control", surfaces)).toBeGreaterThanOrEqual(theme.control);
  });

  it.each([
    ["on-accent", "accent"],
    ["on-bad", "bad"],
  ])("--%s is readable on a filled button (--%s)", (text, fill) => {
    expect(rounded(contrast(hex(text), hex(fill)))).toBeGreaterThanOrEqual(6.5);
  });

  it.each(["ok", "busy", "warn", "bad", "off"])("--%s is readable on its tint and on every surface", (role) => {
    expect(rounded(contrast(hex(role), hex(`${role}-tint`)))).toBeGreaterThanOrEqual(theme.tint);
    expect(lowest(role, surfaces)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(["tier-gpu", "tier-cpu", "tier-disk"])("--%s marks a tier at 3:1", (tier) => {
    expect(lowest(tier, surfaces)).toBeGreaterThanOrEqual(3);
  });

  it.each([1, 2, 3, 4, 5, 6])("line %d of a chart stands out from the surface it is drawn on", (index) => {
    expect(lowest(`series-${index}`, ["bg"])).toBeGreaterThanOrEqual(theme.series);
  });

  it("draws the collected rest at 3:1", () => {
    expect(lowest("series-other", surfaces)).toBeGreaterThanOrEqual(3);
  });
});
