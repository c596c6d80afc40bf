"use client";

import { useEffect, useState } from "react";
import { useApi } from "../ui/use-api.ts";
import type { CaseBody } from "./case-draft.ts";

const PAUSE_MS = 300;

/** What the server finds wrong with a prompt, a moment after the last key; null = it cannot be sent as it stands. */
export function useCaseCheck(suiteId: string, input: CaseBody | null) {
  const text = input === null ? null : JSON.stringify(input);
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const asked = settled === null ? null : (JSON.parse(settled) as CaseBody);
  const read = useApi(
    "POST /suites/{suiteId}/cases/check",
    { params: { suiteId }, body: asked as CaseBody },
    { enabled: asked !== null },
  );
  return { problems: asked === null ? [] : (read.problem?.errors ?? read.data?.problems ?? []) };
}
