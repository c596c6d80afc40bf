"use client";

import { lazy, type ReactNode, useState } from "react";
import type { Version } from "#lib/registry/schema.ts";
import { ConfirmConsequences } from "../../ui/confirm-consequences.tsx";
import type { MenuItem } from "../../ui/menu.tsx";
import { versionTitle } from "../../ui/object-title.ts";
import { OnceOpened } from "../../ui/once-opened.tsx";
import { useDenied } from "../../ui/reader.tsx";
import { notify } from "../../ui/toast.tsx";
import { useApiMutation } from "../../ui/use-api.ts";

const DeleteVersionDialog = lazy(() =>
  import("./delete-version-dialog.tsx").then((module) => ({ default: module.DeleteVersionDialog })),
);

/** Taking a version out of use, and then away for good: items of its "…" menu, and the dialogs behind them. */
export function useVersionActions(version: Version | undefined): { items: MenuItem[]; dialogs: ReactNode } {
  const [asking, setAsking] = useState<"retire" | "delete" | null>(null);
  const denied = useDenied("version.write");
  const retire = useApiMutation("POST /versions/{versionId}/retire", {
    alsoRefresh: ["adapters"],
    onDone: () => {
      setAsking(null);
      notify({ title: "Version retired", tone: "ok" });
    },
  });
  if (!version || version.state === "deleted" || version.state === "checking") return { items: [], dialogs: null };
  const name = `${version.adapterSlug} v${version.number}`;
  const close = () => {
    retire.reset();
    setAsking(null);
  };
  const items: MenuItem[] = [
    ...(version.state === "ready"
      ? [
          {
            kind: "action" as const,
            label: `Retire v${version.number}…`,
            disabledReason: denied,
            onSelect: () => setAsking("retire"),
          },
        ]
      : []),
    {
      kind: "action",
      label: `Delete v${version.number}…`,
      tone: "danger",
      disabledReason: denied,
      onSelect: () => setAsking("delete"),
    },
  ];
  const dialogs = (
    <>
      <ConfirmConsequences
        open={asking === "retire"}
        onOpenChange={(open) => !open && close()}
        title={`Retire ${versionTitle(version)}?`}
        confirmLabel={`Retire ${name}`}
        tone="danger"
        pending={retire.isPending}
        problem={retire.problem}
        onConfirm={() => retire.run({ params: { versionId: version.id } })}
        consequences={{
          changes: ["Nodes no longer load it, and it cannot go live.", "Its files stay until it is deleted."],
          tenantCount: 0,
          load: null,
          undo: "Add the same files as a new version",
        }}
      />
      <OnceOpened open={asking === "delete"}>
        <DeleteVersionDialog version={version} open={asking === "delete"} onOpenChange={(open) => !open && close()} />
      </OnceOpened>
    </>
  );
  return { items, dialogs };
}
