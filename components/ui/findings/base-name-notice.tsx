"use client";

import { judgeBaseName } from "#lib/pools/browser/base-names.ts";
import type { Pool } from "#lib/pools/schema.ts";
import { Button } from "../button.tsx";
import { Notice } from "../card.tsx";
import { ErrorState } from "../error-state.tsx";
import { useDenied } from "../reader.tsx";
import { useApiMutation } from "../use-api.ts";

/** The code of the check that asks for this. */
export const BASE_NAME_UNKNOWN = "base_name_unknown";

/**
 * An adapter's base name that the pool does not know, with the button that stores it as an alias; once it is one, who
 * reads is told so. Nothing for a name the pool knows as its own.
 * @param name of the base in adapter_config.json; "" = the adapter names none
 */
export function BaseNameNotice({ pool, name }: { pool: Pool; name: string }) {
  const denied = useDenied("fleet.write");
  const acknowledge = useApiMutation("POST /pools/{poolId}/base-aliases");
  const verdict = judgeBaseName(name, pool);
  const shown = name === "" ? "An adapter without a base model name" : name;
  if (verdict.kind === "alias")
    return (
      <Notice tone="ok">
        <p className="wrap-anywhere">
          Acknowledged: {shown} counts as {pool.baseModel} in the pool {pool.name}.
        </p>
      </Notice>
    );
  if (verdict.kind !== "unknown") return null;
  return (
    <>
      <Notice
        tone="warn"
        action={
          <Button
            disabledReason={denied}
            pending={acknowledge.isPending}
            onClick={() => acknowledge.run({ params: { poolId: pool.id }, body: { alias: name } })}
          >
            Acknowledge name
          </Button>
        }
      >
        <p className="wrap-anywhere">
          {name === "" ? "The adapter names no base model." : `Unknown base model ${name}.`} If it is {pool.baseModel}{" "}
          or a copy of it, acknowledge the name: the pool {pool.name} keeps it as an alias.
        </p>
      </Notice>
      {acknowledge.problem && <ErrorState problem={acknowledge.problem} size="inline" />}
    </>
  );
}
