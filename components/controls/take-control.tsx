"use client";

import Hand from "lucide-react/icons/hand";
import { lazy, useState } from "react";
import { buttonClass } from "#components/ui/button-class.ts";
import { Menu } from "#components/ui/menu.tsx";
import { OnceOpened } from "#components/ui/once-opened.tsx";
import { useDenied } from "#components/ui/reader.tsx";
import { useApi } from "#components/ui/use-api.ts";
import type { ControlKind } from "#lib/fleet/browser/control-kinds.ts";
import { actionLabel, type ControlObject, kindsFor } from "./control-words.ts";

const ControlDialog = lazy(() => import("./control-dialog.tsx").then((module) => ({ default: module.ControlDialog })));

/** What may be set by hand on an object, for a while; each opens with what would follow from it. */
export function TakeControl({ object }: { object: ControlObject }) {
  const [kind, setKind] = useState<ControlKind | null>(null);
  const [isOpen, setOpen] = useState(false);
  const denied = useDenied("fleet.operate");
  const ask = (next: ControlKind) => {
    setKind(next);
    setOpen(true);
  };
  return (
    <>
      <Menu
        label="Override routing…"
        align="end"
        items={[
          { kind: "heading", label: "Temporary overrides", detail: "Each expires unless renewed" },
          ...kindsFor(object).map((each) => ({
            kind: "action" as const,
            label: `${actionLabel(each, object)}…`,
            disabledReason: denied,
            onSelect: () => ask(each),
          })),
        ]}
        trigger={(props) => (
          <button type="button" {...props} className={buttonClass("secondary", "md")}>
            <Hand aria-hidden="true" />
            Override routing…
          </button>
        )}
      />
      <OnceOpened open={isOpen}>
        {kind && <ControlDialog key={kind} kind={kind} object={object} open={isOpen} onOpenChange={setOpen} />}
      </OnceOpened>
    </>
  );
}

/** The same for a tenant's page, which knows it by its id. */
export function TakeControlOfTenant({ tenantId }: { tenantId: string }) {
  const { data } = useApi("GET /journey/tenants/{tenantId}", { params: { tenantId } });
  if (data?.status !== "active") return null;
  return <TakeControl object={{ type: "tenant", tenantId, name: data.name }} />;
}

/** And for a node's. */
export function TakeControlOfNode({ nodeId }: { nodeId: string }) {
  const { data } = useApi("GET /nodes/{nodeId}", { params: { nodeId } });
  if (!data) return null;
  return <TakeControl object={{ type: "node", nodeId, name: data.name }} />;
}
