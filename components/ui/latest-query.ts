/** What an address leads to, in a form that can be compared. */
const placeOf = ({ pathname, search }: Pick<URL, "pathname" | "search">): string =>
  `${pathname}?${new URLSearchParams(search)}`;

/**
 * The queries that were written to a page, so that an earlier one does not come back. Next writes the address of every
 * state that it draws. When drawing takes long, the reader has changed that address again by then: a panel that was closed
 * would open once more, and the next filter would be added to the old ones.
 */
export function createLatestQuery() {
  let written: string[] = [];
  let latest = "";
  return {
    /** A query is about to replace the one of the address. */
    write(address: Pick<URL, "pathname" | "search">, search: string): void {
      latest = search;
      written.push(placeOf(address), placeOf({ pathname: address.pathname, search }));
    },
    /** An address became an entry of its own in the history: if nobody wrote it here, the reader went elsewhere. */
    pushed(url: URL): void {
      if (placeOf(url) !== written.at(-1)) written = [];
    },
    /** The reader went back or forward. */
    moved(): void {
      written = [];
    },
    /** @returns the address to show when the router replaces it by this one */
    replaced(url: URL): URL {
      if (written.includes(placeOf(url)) && written.at(-1)?.startsWith(`${url.pathname}?`)) url.search = latest;
      return url;
    },
  };
}

type Tab = {
  history: Pick<History, "pushState" | "replaceState">;
  location: Pick<Location, "href">;
} & Pick<EventTarget, "addEventListener">;

/** Whatever changes the address of a tab of the browser asks `latest` from now on. */
export function watchAddress(window: Tab, latest: ReturnType<typeof createLatestQuery>): void {
  const { history, location } = window;
  const { pushState, replaceState } = history;
  const read = (url: string | URL) => new URL(url, location.href);
  history.pushState = (state, unused, url) => {
    if (url) latest.pushed(read(url));
    pushState.call(history, state, unused, url);
  };
  history.replaceState = (state, unused, url) =>
    replaceState.call(history, state, unused, url && latest.replaced(read(url)));
  window.addEventListener("popstate", latest.moved);
}
