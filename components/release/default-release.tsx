"use client";

import { ErrorState } from "../ui/error-state.tsx";
import { useDenied } from "../ui/reader.tsx";
import { notify } from "../ui/toast.tsx";
import { useApi, useApiMutation } from "../ui/use-api.ts";
import { ReleaseCard } from "./release-card.tsx";

/** The release policy that new tenants begin with; those that are there keep theirs. */
export function DefaultRelease() {
  const read = useApi("GET /release-policy", {});
  const denied = useDenied("settings.write");
  const save = useApiMutation("PUT /release-policy", {
    onDone: () => notify({ title: "Release policy saved", tone: "ok" }),
  });
  if (!read.data) return read.problem ? <ErrorState problem={read.problem} onRetry={read.retry} size="inline" /> : null;
  return (
    <ReleaseCard
      title="New tenants' release policy"
      read={read.data}
      denied={denied}
      save={save.runAsync}
      onDiscard={read.retry}
    />
  );
}
