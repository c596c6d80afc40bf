"use client";

import { useEffect, useRef, useState } from "react";
import { openEvents } from "#lib/api/client/open-events.ts";
import type { Problem } from "#lib/http/schema.ts";
import { problemOf } from "../ui/use-api.ts";
import type { TrySample } from "./snippets.ts";
import { brokenOff, NEW_TRIAL, type Trial, withEvent } from "./trial.ts";

/** One trial after another; a new one, or leaving the page, ends the one that runs. */
export function useTrial(tenantId: string) {
  const [trial, setTrial] = useState<Trial | null>(null);
  /** The console itself refused: no event ever came. */
  const [problem, setProblem] = useState<Problem | null>(null);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  const run = async (sample: TrySample): Promise<void> => {
    running.current?.abort();
    const stopping = new AbortController();
    running.current = stopping;
    setProblem(null);
    setTrial(NEW_TRIAL);
    const update = (change: (trial: Trial) => Trial) => {
      if (running.current === stopping) setTrial((now) => now && change(now));
    };
    const { model, prompt, maxTokens, stream } = sample;
    const body = {
      prompt,
      maxTokens,
      stream,
      tools: [...sample.tools] as Record<string, unknown>[],
      ...(model === null ? {} : { model }),
    };
    try {
      const events = openEvents("POST /tenants/{tenantId}/try", {
        params: { tenantId },
        body,
        signal: stopping.signal,
      });
      for await (const event of events) update((now) => withEvent(now, event));
      update(brokenOff);
    } catch (error) {
      if (running.current !== stopping || stopping.signal.aborted) return;
      const refused = problemOf(error);
      if (refused?.code === "client_error") return update(brokenOff);
      setTrial(null);
      setProblem(refused);
    }
  };
  const stop = () => {
    running.current?.abort();
    setTrial((now) => now && { ...now, phase: "stopped" });
  };
  return { trial, problem, run, stop };
}
