"use client";

import CircleQuestionMark from "lucide-react/icons/circle-question-mark";
import Keyboard from "lucide-react/icons/keyboard";
import LogOut from "lucide-react/icons/log-out";
import { useTheme } from "next-themes";
import { buttonClass } from "#components/ui/button.tsx";
import { Menu, type MenuItem } from "#components/ui/menu.tsx";
import type { Preferences } from "#components/ui/preferences.ts";
import { useReader } from "#components/ui/reader.tsx";

export type Account = { name: string; email: string; roleLabel: string };

const initials = (name: string): string =>
  name
    .split(/\s+/)
    .map((part) => part.charAt(0).toUpperCase())
    .slice(0, 2)
    .join("");

/** Its code is only needed at the very end of a visit. */
const leave = async () => {
  const { signOut } = await import("next-auth/react");
  await signOut({ callbackUrl: "/sign-in" });
};

const THEMES = [
  { value: "system", label: "System" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
];
const DENSITIES: { value: Preferences["density"]; label: string }[] = [
  { value: "compact", label: "Compact" },
  { value: "normal", label: "Normal" },
  { value: "comfortable", label: "Comfortable" },
];
const ZONES: { value: Preferences["zone"]; label: string }[] = [
  { value: "local", label: "Local time" },
  { value: "utc", label: "UTC" },
];

/** The option with this value, handed on as its own type; a value that is none of them does nothing. */
const choose = <Value extends string>(
  options: readonly { value: Value }[],
  apply: (value: Value) => void,
): ((value: string) => void) => {
  return (value) => {
    const found = options.find((option) => option.value === value);
    if (found) apply(found.value);
  };
};

/** Who is signed in, how they like to read, and the way out. */
export function AccountMenu({ account, onHelp }: { account: Account; onHelp?: () => void }) {
  const { theme = "system", setTheme } = useTheme();
  const { preferences, setPreferences } = useReader();
  const items: MenuItem[] = [
    { kind: "heading", label: account.name, detail: `${account.email} · ${account.roleLabel}` },
    { kind: "separator" },
    { kind: "choice", label: "Theme", value: theme, options: THEMES, onChange: setTheme },
    {
      kind: "choice",
      label: "Rows",
      value: preferences.density,
      options: DENSITIES,
      onChange: choose(DENSITIES, (density) => setPreferences({ density })),
    },
    {
      kind: "choice",
      label: "Times",
      value: preferences.zone,
      options: ZONES,
      onChange: choose(ZONES, (zone) => setPreferences({ zone })),
    },
    { kind: "separator" },
    ...(onHelp ? [{ kind: "link" as const, label: "Help", href: "/help", icon: <CircleQuestionMark /> }] : []),
    ...(onHelp
      ? [{ kind: "action" as const, label: "Keyboard shortcuts", icon: <Keyboard />, shortcut: "?", onSelect: onHelp }]
      : []),
    { kind: "action", label: "Sign out", icon: <LogOut />, onSelect: () => void leave() },
  ];
  return (
    <Menu
      label="Account"
      items={items}
      trigger={(props) => (
        <button
          type="button"
          {...props}
          aria-label={`Account of ${account.name}`}
          className={buttonClass("ghost", "md", true)}
        >
          <span
            aria-hidden="true"
            className="inline-flex size-6 items-center justify-center rounded-full bg-off-tint text-xs font-medium text-fg-2"
          >
            {initials(account.name)}
          </span>
        </button>
      )}
    />
  );
}
