"use client";

import type { ReleasePolicy } from "#lib/cutover/browser/policy-schema.ts";
import { EditCard } from "../ui/form/edit-card.tsx";
import { useApiForm } from "../ui/form/use-api-form.ts";
import { ReleaseFields } from "./release-fields.tsx";
import { lacksDays, policyOf, valuesOf } from "./release-values.ts";

/** A release policy, saved whole over the generation that the edit began with. */
export function ReleaseCard({
  title,
  read: { policy, generation },
  denied,
  save,
  onDiscard,
}: {
  title: string;
  read: { policy: ReleasePolicy; generation: number };
  denied: string | undefined;
  save: (input: { generation: number; body: ReleasePolicy }) => Promise<unknown>;
  onDiscard: () => void;
}) {
  const form = useApiForm({
    start: valuesOf(policy, generation),
    followsStart: true,
    denied,
    callOf: (values) => {
      const body = policyOf(values);
      return {
        schema: async () => {
          const { ReleasePolicySchema } = await import("#lib/cutover/browser/policy-schema.ts");
          return ReleasePolicySchema.refine(() => !lacksDays(values), {
            path: ["hours"],
            message: "No day is chosen, so nothing could ever go out.",
          });
        },
        body,
        send: () => save({ generation: values.generation, body }),
      };
    },
  });
  return (
    <EditCard form={form} title={title} onDiscard={onDiscard}>
      <ReleaseFields form={form} />
    </EditCard>
  );
}
