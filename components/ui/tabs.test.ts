import { expect, it } from "vitest";
import { currentTab } from "./tabs.tsx";

const tabs = [
  { label: "All", href: "/nodes" },
  { label: "Swaps", href: "/nodes/n1/swaps" },
  { label: "Set up", href: "/onboarding", shownAt: "/" },
];
const at = (pathname: string) => currentTab(tabs, pathname)?.label;

it("is the one whose path is the longest that the page lies under, or that shows the same", () => {
  expect(at("/nodes/n1")).toBe("All");
  expect(at("/nodes/n1/swaps")).toBe("Swaps");
  expect(at("/")).toBe("Set up");
  expect(at("/onboarding")).toBe("Set up");
  expect(at("/nodesharing")).toBeUndefined();
});
