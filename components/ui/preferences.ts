/** What one reader chose for all screens. Kept in a cookie, so that the first paint is already theirs. */
export type Preferences = {
  density: "compact" | "normal" | "comfortable";
  zone: "local" | "utc";
  /** Single-key shortcuts can be turned off (WCAG 2.1.4). */
  shortcuts: boolean;
  sidebar: "open" | "collapsed";
};

export const PREFERENCES_COOKIE = "switchyard-view";

export const DEFAULT_PREFERENCES: Preferences = { density: "normal", zone: "local", shortcuts: true, sidebar: "open" };

const DENSITIES: readonly string[] = ["compact", "normal", "comfortable"];

/** Reads the cookie's value; a part it cannot understand falls back to its default, alone. */
export const parsePreferences = (cookie: string | undefined): Preferences => {
  const [density = "", zone, shortcuts, sidebar] = (cookie ?? "").split(".");
  return {
    density: DENSITIES.includes(density) ? (density as Preferences["density"]) : DEFAULT_PREFERENCES.density,
    zone: zone === "utc" ? "utc" : "local",
    shortcuts: shortcuts !== "off",
    sidebar: sidebar === "collapsed" ? "collapsed" : "open",
  };
};

export const serializePreferences = (preferences: Preferences): string =>
  [preferences.density, preferences.zone, preferences.shortcuts ? "on" : "off", preferences.sidebar].join(".");

/** The reader's number locale from `Accept-Language`: the first tag that Intl knows. */
export const localeOf = (acceptLanguage: string | null, fallback: string): string => {
  for (const part of (acceptLanguage ?? "").split(",")) {
    const tag = part.split(";")[0]?.trim() ?? "";
    if (tag === "" || tag === "*") continue;
    try {
      const known = Intl.NumberFormat.supportedLocalesOf(tag)[0];
      if (known !== undefined) return known;
    } catch {
      // A tag that is not one: browsers send none, so the next is as good.
    }
  }
  return fallback;
};
