/** What an address leads to, in a form that can be compared. */
const placeOf = ({ pathname, search }: Pick<URL, "pathname" | "search">): string =>
  `${pathname}?${new URLSearchParams(search).toString()}`;

const MOST_KEPT = 50;

/**
 * The queries that were written to a page, in their order, so that an earlier one does not come back. Next writes the
 * address of every state that it draws. When drawing takes long, the reader has changed that address again by then: a
 * panel that was closed would open once more, and the next filter would be added to the old ones.
 */
export function createLatestQuery() {
  let written: string[] = [];
  let latest: { place: string; search: string } | null = null;
  const forget = () => {
    written = [];
    latest = null;
  };
  return {
    /** A query is about to replace the one of the address. */
    write(address: Pick<URL, "pathname" | "search">, search: string): void {
      if (!written.includes(placeOf(address))) written = [placeOf(address)]; // another page, or nothing written yet
      latest = { place: placeOf({ pathname: address.pathname, search }), search };
      written = [...written, latest.place].slice(-MOST_KEPT);
    },
    /** An address became an entry of its own in the history: if nobody wrote it here, the reader went elsewhere. */
    pushed(url: URL): void {
      if (placeOf(url) !== latest?.place) forget();
    },
    /** The reader went back or forward. */
    moved: forget,
    /** @returns the address to show when the router replaces it by this one */
    replaced(url: URL): URL {
      if (latest === null || !written.includes(placeOf(url))) return url;
      const corrected = new URL(url);
      corrected.search = latest.search;
      return corrected;
    },
  };
}

type LatestQuery = ReturnType<typeof createLatestQuery>;
type Tab = {
  history: Pick<History, "pushState" | "replaceState">;
  location: Pick<Location, "href">;
} & Pick<EventTarget, "addEventListener" | "removeEventListener">;

/** Whatever changes the address of a tab of the browser asks `latest` from now on. */
export function watchAddress(window: Tab, latest: LatestQuery): () => void {
  const { history, location } = window;
  const { pushState, replaceState } = history;
  const absolute = (url: string | URL) => new URL(url, location.href);
  history.pushState = (state, unused, url) => {
    if (url) latest.pushed(absolute(url));
    pushState.call(history, state, unused, url);
  };
  history.replaceState = (state, unused, url) =>
    replaceState.call(history, state, unused, url && latest.replaced(absolute(url)).href);
  window.addEventListener("popstate", latest.moved);
  return () => {
    window.removeEventListener("popstate", latest.moved);
    Object.assign(history, { pushState, replaceState });
  };
}
