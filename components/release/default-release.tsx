"use client";

import { EditCard } from "../ui/edit-card.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { useDenied } from "../ui/reader.tsx";
import { notify } from "../ui/toast.tsx";
import { useApi, useApiMutation } from "../ui/use-api.ts";
import { draftOf, policyOf, RELEASE_FIELDS } from "./release-draft.ts";
import { ReleaseFields } from "./release-fields.tsx";

/** The release policy that new tenants begin with; those that are there keep theirs. */
export function DefaultRelease() {
  const read = useApi("GET /release-policy", {});
  const denied = useDenied("settings.write");
  const save = useApiMutation("PUT /release-policy", {
    onDone: () => notify({ title: "Release policy saved", tone: "ok" }),
  });
  if (!read.data) return read.problem ? <ErrorState problem={read.problem} onRetry={read.retry} size="inline" /> : null;
  const { policy, generation } = read.data;
  return (
    <EditCard
      title="New tenants' release policy"
      saved={draftOf(policy, generation)}
      denied={denied}
      problem={save.problem}
      pending={save.isPending}
      fields={[...RELEASE_FIELDS]}
      onSave={(draft, done) => save.run({ generation: draft.generation, body: policyOf(draft) }, { onSuccess: done })}
      onDiscard={() => {
        save.reset();
        read.retry();
      }}
    >
      {(form) => <ReleaseFields {...form} />}
    </EditCard>
  );
}
