import type { NavGroup } from "./nav.ts";

export type Shortcut = { keys: readonly string[]; label: string };

/** What stands in the `?` dialog; the go-to keys come from the navigation, so that help and behaviour cannot differ. */
export const shortcutGroups = (nav: readonly NavGroup[]): { label: string; shortcuts: Shortcut[] }[] => [
  {
    label: "Go to",
    shortcuts: nav.flatMap((group) => group.entries.map(({ key, label }) => ({ keys: ["g", key], label }))),
  },
  {
    label: "In a table",
    shortcuts: [
      { keys: ["j"], label: "Next row" },
      { keys: ["x"], label: "Select row" },
      { keys: ["k"], label: "Previous row" },
      { keys: ["Enter"], label: "Open the row" },
    ],
  },
  {
    label: "Everywhere",
    shortcuts: [
      { keys: ["?"], label: "This list" },
      { keys: ["Esc"], label: "Close what is open" },
    ],
  },
];

export type KeyState = { pendingSince: number | null };
export type KeyOutcome = { kind: "go"; path: string } | { kind: "help" } | { kind: "wait" } | { kind: "none" };

/** How long the second key of `g t` may take. */
export const SEQUENCE_MS = 1200;

/** What a single key means now: the second of a go-to pair, the first of one, the help, or nothing of ours. */
export function readKey(key: string, state: KeyState, now: number, nav: readonly NavGroup[]): KeyOutcome {
  if (state.pendingSince !== null && now - state.pendingSince <= SEQUENCE_MS) {
    const entry = nav.flatMap((group) => group.entries).find((each) => each.key === key);
    if (entry !== undefined) return { kind: "go", path: entry.path };
  }
  if (key === "g") return { kind: "wait" };
  return key === "?" ? { kind: "help" } : { kind: "none" };
}
