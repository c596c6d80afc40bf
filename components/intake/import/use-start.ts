"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { resourceKey } from "#components/ui/query-key.ts";
import { api, type CallInput } from "#lib/api/client.ts";
import type { Problem } from "#lib/http/schema.ts";
import type { ImportDetail } from "#lib/registry/browser/import-schema.ts";
import { problemOf, useSingleFlight } from "../../ui/use-api.ts";

/** Opens a draft and, where the server can read the folders, has them checked at once. */
export function useStart() {
  const client = useQueryClient();
  const [isPending, setPending] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  /** @returns the draft, or null when it was refused; `problem` then says why */
  const start = async (body: CallInput<"POST /imports">["body"]): Promise<ImportDetail | null> => {
    setPending(true);
    setProblem(null);
    try {
      const made = await api.call("POST /imports", { body });
      if (body.kind !== "browser")
        await api.call("POST /imports/{importId}/check", { params: { importId: made.id }, body: {} });
      await client.invalidateQueries({ queryKey: resourceKey("imports") });
      return made;
    } catch (error) {
      setProblem(problemOf(error));
      setPending(false);
      return null;
    }
  };
  return { start: useSingleFlight(start), isPending, problem, clear: () => setProblem(null) };
}
