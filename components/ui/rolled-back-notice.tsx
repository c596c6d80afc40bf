import type { ReactNode } from "react";
import type { Rollback } from "#lib/registry/schema.ts";
import { TextLink } from "./button.tsx";
import { Notice } from "./card.tsx";
import { Time } from "./time.tsx";

/** Who rolled a version back, when and why; `action` is the next step. */
export function RolledBackNotice({
  number,
  rollback,
  action,
}: {
  number: number;
  rollback: Rollback;
  action?: ReactNode;
}) {
  return (
    <Notice tone="bad" action={action}>
      <p>
        <span className="font-medium">Version {number} was rolled back</span> by {rollback.by} <Time at={rollback.at} />
        : {rollback.reason ?? "no reason was given."}
      </p>
      <p>
        <TextLink href={`/cutovers/${rollback.cutoverId}`}>Open cutover</TextLink>
      </p>
    </Notice>
  );
}
