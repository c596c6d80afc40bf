"use client";

import { parseAsString, useQueryStates } from "nuqs";
import type { ReactNode } from "react";
import type { Adapter } from "#lib/registry/schema.ts";
import { EmptyState } from "../ui/empty-state.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { Field } from "../ui/field.tsx";
import { Select } from "../ui/input.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { useApi } from "../ui/use-api.ts";
import type { Audience } from "./recording-words.ts";

/** One of a tenant's adapters: the one the address names, else its default; chosen where there are several. */
export function ChosenAdapter({
  tenantId,
  audience,
  children,
}: {
  /** Left out = the reader's own. */
  tenantId?: string;
  audience: Audience;
  children: (adapter: Adapter) => ReactNode;
}) {
  const [{ adapter: slug }, setView] = useQueryStates({
    adapter: parseAsString.withDefault(""),
    peek: parseAsString.withDefault(""),
  });
  const query = tenantId === undefined ? { limit: 200 } : { tenantId, limit: 200 };
  const read = useApi("GET /adapters", { query });
  const adapters = read.data?.items;
  if (!adapters) {
    if (read.problem) return <ErrorState problem={read.problem} onRetry={read.retry} />;
    return <Skeleton className="h-60 w-full" />;
  }
  const chosen =
    adapters.find((adapter) => adapter.slug === slug) ?? adapters.find(({ isDefault }) => isDefault) ?? adapters[0];
  const isStaff = audience === "staff";
  if (!chosen)
    return (
      <EmptyState title={isStaff ? "No adapter yet" : "No model yet"}>
        {isStaff ? "Requests are recorded per adapter." : "Your provider is preparing it."}
      </EmptyState>
    );
  return (
    <>
      {adapters.length > 1 && (
        <Field label={isStaff ? "Adapter" : "Model"}>
          {(control) => (
            <Select
              {...control}
              value={chosen.slug}
              options={adapters.map((adapter) => ({ value: adapter.slug, label: adapter.slug }))}
              onChange={(event) => void setView({ adapter: event.target.value, peek: null })}
            />
          )}
        </Field>
      )}
      {children(chosen)}
    </>
  );
}
