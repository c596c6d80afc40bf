"use client";

import type { AskConsequences } from "#lib/journey/browser/consequences-schema.ts";
import { useApi } from "./use-api.ts";

const REFRESH_MS = 10_000;

/** What an action would do, asked anew while its dialog is open. A failure to read must not block the action. */
export const useConsequences = (ask: AskConsequences, isOpen: boolean) =>
  useApi("POST /consequences", { body: ask }, { enabled: isOpen, refreshMs: REFRESH_MS });
