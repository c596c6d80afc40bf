"use client";

import { type ReactNode, useState } from "react";
import type { JourneyTenant } from "#lib/journey/schema.ts";
import { ConfirmConsequences } from "../ui/confirm-consequences.tsx";
import type { MenuItem } from "../ui/menu.tsx";
import { tenantCall } from "../ui/page-calls.ts";
import { useDenied } from "../ui/reader.tsx";
import { notify } from "../ui/toast.tsx";
import { useApi, useApiMutation } from "../ui/use-api.ts";

/** What can be done to a tenant as a whole: items of its "…" menu, and the dialog behind a suspension. */
export function useTenantActions(tenant: JourneyTenant | undefined): { items: MenuItem[]; dialogs: ReactNode } {
  const [isAsking, setAsking] = useState(false);
  const denied = useDenied("tenant.write");
  const tenantId = tenant?.id ?? "";
  const read = useApi(...tenantCall(tenantId), { enabled: tenant !== undefined });
  const update = useApiMutation("PATCH /tenants/{tenantId}", {
    onDone: (after) => {
      setAsking(false);
      notify({ title: `${after.name} ${after.status === "suspended" ? "suspended" : "resumed"}`, tone: "ok" });
    },
  });
  if (!tenant) return { items: [], dialogs: null };
  const offboarding = `/tenants/${tenant.id}/offboarding`;
  const move = (status: "active" | "suspended") =>
    read.data && update.run({ params: { tenantId }, generation: read.data.generation, body: { status } });
  const dialogs = (
    <ConfirmConsequences
      open={isAsking}
      onOpenChange={(open) => {
        update.reset();
        setAsking(open);
      }}
      title={`Suspend ${tenant.name}?`}
      confirmLabel={`Suspend ${tenant.slug}`}
      tone="danger"
      pending={update.isPending}
      problem={update.problem}
      onConfirm={() => move("suspended")}
      consequences={{
        changes: [
          "The gateway immediately refuses its requests, with 403 tenant_suspended.",
          "Its versions stay loaded and its keys stay valid.",
        ],
        tenantCount: 1,
        load: null,
        undo: `Resume ${tenant.slug} in the same menu`,
      }}
    />
  );
  return {
    items: itemsFor(tenant, { denied, offboarding, suspend: () => setAsking(true), resume: () => move("active") }),
    dialogs,
  };
}

type Ways = { denied: string | null | undefined; offboarding: string; suspend: () => void; resume: () => void };

function itemsFor(tenant: JourneyTenant, { denied, offboarding, suspend, resume }: Ways): MenuItem[] {
  const offboard: MenuItem = { kind: "link", label: "Off-board…", href: offboarding };
  switch (tenant.status) {
    case "active":
      return [
        { kind: "action", label: `Suspend ${tenant.slug}…`, disabledReason: denied, onSelect: suspend },
        offboard,
      ];
    case "suspended":
      return [{ kind: "action", label: `Resume ${tenant.slug}`, disabledReason: denied, onSelect: resume }, offboard];
    case "offboarding":
      return [{ kind: "link", label: "Off-boarding progress", href: offboarding }];
    case "archived":
      return [{ kind: "link", label: "Off-boarding record", href: offboarding }];
  }
}
