"use client";

import { useRouter } from "next/navigation";
import { lazy, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Menu, type MenuItem } from "#components/ui/menu.tsx";
import { OnceOpened } from "#components/ui/once-opened.tsx";
import { useDenied } from "#components/ui/reader.tsx";
import { useApi } from "#components/ui/use-api.ts";

const SaveViewDialog = lazy(() =>
  import("./save-view-dialog.tsx").then((module) => ({ default: module.SaveViewDialog })),
);
const RemoveViewsDialog = lazy(() =>
  import("./remove-views-dialog.tsx").then((module) => ({ default: module.RemoveViewsDialog })),
);

/** Views that staff come back to, and the button that keeps this one. */
export function SavedViews() {
  const [opened, setOpened] = useState<"save" | "remove" | null>(null);
  const denied = useDenied("fleet.operate");
  const views = useApi("GET /chart-views", { query: { limit: 100 } });
  const router = useRouter();
  const items = views.data?.items ?? [];
  const open = (search: string) => router.push(search === "" ? "/charts" : `/charts?${search}`);
  const menu: MenuItem[] = [
    ...(views.problem
      ? [{ kind: "heading", label: "Could not load views", detail: views.problem.detail } as const]
      : []),
    ...(items.length === 0 && views.data ? [{ kind: "heading", label: "No saved views yet" } as const] : []),
    ...items.map(({ name, search }): MenuItem => ({ kind: "action", label: name, onSelect: () => open(search) })),
    ...(items.length > 0
      ? ([
          { kind: "separator" },
          { kind: "action", label: "Remove views", disabledReason: denied, onSelect: () => setOpened("remove") },
        ] as const)
      : []),
  ];
  return (
    <>
      <Menu label="Saved views" items={menu} trigger={(props) => <Button {...props}>Saved views</Button>} />
      <Button variant="primary" disabledReason={denied} onClick={() => setOpened("save")}>
        Save view
      </Button>
      <OnceOpened open={opened === "save"}>
        {opened === "save" && <SaveViewDialog onClose={() => setOpened(null)} />}
      </OnceOpened>
      <OnceOpened open={opened === "remove"}>
        <RemoveViewsDialog open={opened === "remove"} onOpenChange={() => setOpened(null)} views={items} />
      </OnceOpened>
    </>
  );
}
