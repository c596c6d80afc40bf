const SIGN_IN = "/sign-in";

/**
 * Where to go after signing in: a path of this site, or the start. Anything that could lead elsewhere (another origin,
 * `//host`, `/\host`, control characters that browsers drop) is refused, and so is the way back to this page.
 */
export function safeCallback(wanted: string | undefined): string {
  if (wanted === undefined || !wanted.startsWith("/") || !URL.canParse(wanted, "http://here")) return "/";
  const url = new URL(wanted, "http://here");
  if (url.origin !== "http://here" || url.pathname === SIGN_IN || url.pathname.startsWith("/api/")) return "/";
  return url.pathname + url.search + url.hash;
}
