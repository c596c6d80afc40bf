"use client";

import { useState } from "react";
import { AsOf } from "../ui/as-of.tsx";
import { Card } from "../ui/card.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { Field } from "../ui/field.tsx";
import { Select } from "../ui/input.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { useApi } from "../ui/use-api.ts";
import { RouteExplained } from "./route-explained.tsx";

const REFRESH_MS = 5000;
const LIMIT = 200;

/** Where a request of this tenant would go now, and why: every way to answer in the order it is tried. */
export function WhyNode({
  tenantId,
  title,
}: {
  tenantId: string;
  /** In a card of its own; without it where it stands. */
  title?: string;
}) {
  const [model, setModel] = useState("");
  const { data, problem, readAt, retry } = useApi(
    "GET /tenants/{tenantId}/route",
    { params: { tenantId }, query: { model: model || undefined } },
    { refreshMs: REFRESH_MS },
  );
  const asOf = data && <AsOf at={readAt} intervalMs={REFRESH_MS} />;
  const shown = (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-end justify-between gap-3 empty:hidden">
        <ModelField tenantId={tenantId} value={model} onChange={setModel} />
        {title === undefined && asOf}
      </div>
      {data === undefined && problem && <ErrorState problem={problem} onRetry={retry} />}
      {data === undefined && !problem && <Skeleton className="h-60 w-full" />}
      {data && <RouteExplained route={data} />}
    </div>
  );
  return title === undefined ? (
    shown
  ) : (
    <Card title={title} aside={asOf}>
      {shown}
    </Card>
  );
}

function ModelField({
  tenantId,
  value,
  onChange,
}: {
  tenantId: string;
  value: string;
  onChange: (model: string) => void;
}) {
  const adapters = useApi("GET /adapters", { query: { tenantId, limit: LIMIT } }).data?.items ?? [];
  if (adapters.length < 2) return null;
  return (
    <Field label="A request for" className="w-60">
      {(control) => (
        <Select
          {...control}
          value={value}
          placeholder="The default model"
          options={adapters.map(({ slug }) => ({ value: slug, label: slug }))}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
