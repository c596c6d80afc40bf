"use client";

import Link from "next/link";
import { useSessionExpired } from "#components/ui/session.tsx";
import { StatusShape } from "#components/ui/status.tsx";
import { Tooltip } from "#components/ui/tooltip.tsx";
import { useApi } from "#components/ui/use-api.ts";
import { healthWords } from "./health-words.ts";

const REFRESH_MS = 10_000;

/** Switchyard's own state, apart from the fleet: a control plane that has gone blind must not look calm. */
export function SystemHealthLink() {
  const { data, problem } = useApi("GET /pulse", {}, { refreshMs: REFRESH_MS });
  const words = healthWords(data, problem, useSessionExpired());
  if (words === null) return null;
  const { state, sentence, detail } = words;
  return (
    <Tooltip content={detail} side="bottom">
      {(tip) => (
        <Link
          href="/system"
          {...tip}
          aria-label={`Switchyard: ${sentence}`}
          className="inline-flex h-8 min-w-6 max-w-72 items-center justify-center gap-1.5 rounded-control px-1.5 text-xs text-fg-2 hover:bg-hover"
        >
          <StatusShape state={state} />
          <span className="truncate max-lg:sr-only">{sentence}</span>
        </Link>
      )}
    </Tooltip>
  );
}
