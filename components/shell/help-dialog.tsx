"use client";

import { Dialog } from "#components/ui/dialog.tsx";
import { useReader } from "#components/ui/reader.tsx";
import { Switch } from "#components/ui/toggle.tsx";
import type { NavGroup } from "./nav.ts";
import { shortcutGroups } from "./shortcuts.ts";

/** The keys, from the same list that they work by; and the switch that turns them off. */
export function HelpDialog({ nav, onClose }: { nav: readonly NavGroup[]; onClose: () => void }) {
  const { preferences, setPreferences } = useReader();
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Keyboard shortcuts"
      footer={
        <Switch
          className="me-auto"
          label="Single-key shortcuts"
          checked={preferences.shortcuts}
          onChange={(event) => setPreferences({ shortcuts: event.target.checked })}
        />
      }
    >
      <div className="grid gap-x-8 gap-y-4 sm:grid-cols-2">
        {shortcutGroups(nav).map((group) => (
          <section key={group.label}>
            <h3 className="pb-1 text-xs text-fg-3">{group.label}</h3>
            <dl>
              {group.shortcuts.map(({ keys, label }) => (
                <div key={label} className="flex h-7 items-center justify-between gap-4 text-sm">
                  <dt>{label}</dt>
                  <dd className="flex gap-1">
                    {keys.map((key) => (
                      <kbd
                        key={key}
                        className="min-w-5 rounded-control border bg-sub px-1 text-center font-mono text-xs leading-[18px] text-fg-2"
                      >
                        {key}
                      </kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
