"use client";

import { lazy, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/card.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { DataTable } from "#components/ui/data-table.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatLatency, quantityText } from "#components/ui/format.ts";
import { OnceOpened } from "#components/ui/once-opened.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { useDenied, useReader } from "#components/ui/reader.tsx";
import { useApiList, useApiMutation } from "#components/ui/use-api.ts";
import type { Endpoint } from "#lib/registry/browser/endpoint-schema.ts";
import { SettingsTabs } from "../settings-tabs.tsx";
import { endpointColumns } from "./endpoint-columns.tsx";

const EndpointDialog = lazy(() =>
  import("./endpoint-dialog.tsx").then((module) => ({ default: module.EndpointDialog })),
);

type Open = { kind: "add" } | { kind: "edit" | "remove"; endpoint: Endpoint } | null;

/** Services of others that requests may go to: where customers come from, and what stands in for a pool. */
export function EndpointsPage() {
  const [open, setOpen] = useState<Open>(null);
  const [tested, setTested] = useState<Endpoint | null>(null);
  const denied = useDenied("settings.write");
  const deniedTest = useDenied("fleet.operate");
  const list = useApiList("GET /endpoints", { query: { limit: 100 } });
  const test = useApiMutation("POST /endpoints/{endpointId}/test");
  const close = () => setOpen(null);
  const columns = endpointColumns({
    denied,
    deniedTest,
    testing: test.isPending ? (tested?.id ?? null) : null,
    onTest: (endpoint) => {
      setTested(endpoint);
      test.run({ params: { endpointId: endpoint.id } });
    },
    onEdit: (endpoint) => setOpen({ kind: "edit", endpoint }),
    onRemove: (endpoint) => setOpen({ kind: "remove", endpoint }),
  });
  return (
    <>
      <PageHeader
        title="Endpoints"
        meta="External services that serve a customer before it moves in, or when a pool cannot."
        primary={
          <Button variant="primary" disabledReason={denied} onClick={() => setOpen({ kind: "add" })}>
            Add endpoint
          </Button>
        }
        tabs={<SettingsTabs />}
      />
      {tested && !test.isPending && <TestResult endpoint={tested} test={test} />}
      <DataTable
        label="Endpoints"
        columns={columns}
        {...list.table}
        rowKey={(endpoint) => endpoint.id}
        empty={
          <EmptyState title="No endpoint yet">
            Add a customer's current deployment, so its application can change its base URL first. A hosted provider can
            answer when a pool cannot.
          </EmptyState>
        }
      />
      <OnceOpened open={open?.kind === "add" || open?.kind === "edit"}>
        {open && open.kind !== "remove" && (
          <EndpointDialog endpoint={open.kind === "edit" ? open.endpoint : null} onClose={close} />
        )}
      </OnceOpened>
      <RemoveDialog
        endpoint={open?.kind === "remove" ? open.endpoint : null}
        onRemoved={() => setTested(null)}
        onClose={close}
      />
    </>
  );
}

type Test = ReturnType<typeof useApiMutation<"POST /endpoints/{endpointId}/test">>;

function TestResult({ endpoint, test: { data, problem } }: { endpoint: Endpoint; test: Test }) {
  const { locale } = useReader();
  const message = problem?.detail ?? data?.message;
  const fix = problem ? problem.fix : data?.fix;
  if (message === undefined) return null;
  return (
    <Notice tone={data?.ok ? "ok" : "bad"}>
      <p role="status">
        <span className="font-medium">{endpoint.name}:</span> {message}
        {data && data.latencyMs !== null && ` It took ${quantityText(formatLatency(data.latencyMs, locale))}.`}
      </p>
      {fix && <p>{fix}</p>}
      {data?.models && data.models.length > 0 && (
        <p className="break-words">Models listed by the endpoint: {data.models.join(", ")}</p>
      )}
    </Notice>
  );
}

function RemoveDialog({
  endpoint,
  onRemoved,
  onClose,
}: {
  endpoint: Endpoint | null;
  onRemoved: () => void;
  onClose: () => void;
}) {
  const remove = useApiMutation("DELETE /endpoints/{endpointId}", {
    onDone: () => {
      onRemoved();
      onClose();
    },
  });
  return (
    <ConfirmDialog
      open={endpoint !== null}
      onOpenChange={() => {
        remove.reset();
        onClose();
      }}
      title={`Remove ${endpoint?.name ?? ""}?`}
      confirmLabel="Remove endpoint"
      tone="danger"
      pending={remove.isPending}
      problem={remove.problem}
      onConfirm={() => endpoint && remove.run({ params: { endpointId: endpoint.id } })}
    >
      Its address and key are deleted. The service itself is not affected.
    </ConfirmDialog>
  );
}
