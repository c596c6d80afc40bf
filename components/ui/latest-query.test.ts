import { expect, it } from "vitest";
import { createLatestQuery, watchAddress } from "./latest-query.ts";

/** A tab of a browser: entries of a history, of which the last is shown. */
function openTab(first: string) {
  const events = new EventTarget();
  const entries = [new URL(first, "http://localhost")];
  const shown = () => entries[entries.length - 1] ?? new URL("http://localhost");
  const read = (url: string | URL | null | undefined) => new URL(url ?? shown(), shown());
  const history = {
    pushState: (_state: unknown, _unused: string, url?: string | URL | null) => void entries.push(read(url)),
    replaceState: (_state: unknown, _unused: string, url?: string | URL | null) =>
      void entries.splice(entries.length - 1, 1, read(url)),
  };
  const latest = createLatestQuery();
  watchAddress(
    {
      history,
      location: {
        get href() {
          return shown().href;
        },
      },
      addEventListener: events.addEventListener.bind(events),
    },
    latest,
  );
  const shows = () => `${shown().pathname}${shown().search}`;
  return {
    shows,
    write(search: string, how: "replaceState" | "pushState" = "replaceState") {
      latest.write(shown(), search);
      history[how](null, "", `${shown().pathname}${search}`);
    },
    /** Next has drawn a state. */
    draw: (url: string) => history.replaceState({ __NA: true }, "", url),
    go: (url: string) => history.pushState({ __NA: true }, "", url),
    back() {
      entries.pop();
      events.dispatchEvent(new Event("popstate"));
    },
  };
}

it("does not let a router that draws late undo what was written since", () => {
  const tab = openTab("/runs/1");
  tab.write("?peek=a");
  tab.write("?peek=b");
  tab.draw("/runs/1?peek=a");
  expect(tab.shows()).toBe("/runs/1?peek=b");
  tab.write("");
  tab.draw("/runs/1?peek=b");
  tab.draw("/runs/1");
  expect(tab.shows()).toBe("/runs/1");
  tab.write("?order=suite");
  tab.draw("/runs/1?peek=a");
  tab.draw("/runs/1");
  expect(tab.shows()).toBe("/runs/1?order=suite");
});

it("compares queries as they are read, however they are written", () => {
  const tab = openTab("/runs");
  tab.write("?names=a,b&text=x+y");
  tab.write("?names=a,b&text=z");
  tab.draw("/runs?names=a%2Cb&text=x%20y");
  expect(tab.shows()).toBe("/runs?names=a,b&text=z");
});

it("lets a link, the way back and another page through", () => {
  const tab = openTab("/runs");
  tab.write("?only=failed", "pushState");
  tab.write("?only=open", "pushState");
  tab.go("/runs?only=failed");
  tab.draw("/runs?only=failed");
  expect(tab.shows()).toBe("/runs?only=failed");
  tab.back();
  tab.draw("/runs?only=open");
  expect(tab.shows()).toBe("/runs?only=open");
  tab.write("");
  tab.go("/tenants?only=open");
  tab.draw("/tenants?only=open");
  expect(tab.shows()).toBe("/tenants?only=open");
  tab.draw("/nodes");
  expect(tab.shows()).toBe("/nodes");
});
