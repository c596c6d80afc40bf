"use client";

import { useEffect, useState } from "react";
import { useApi } from "../../ui/use-api.ts";
import type { BatchBody } from "./batch-body.ts";

const PAUSE_MS = 400;

/** What a batch would do, asked a moment after the last key; `isCurrent` = the answer is about what is asked now. */
export function useBatchPreview(body: BatchBody, enabled: boolean) {
  const text = JSON.stringify(body);
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const asked = JSON.parse(settled) as BatchBody;
  const read = useApi("POST /cutover-batches/preview", { body: asked }, { enabled: enabled && asked.rows.length > 0 });
  return { ...read, isCurrent: settled === text && !read.isFetching && read.problem === null };
}
