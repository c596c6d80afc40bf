import type { Draft } from "../generator/draft.ts";

const ATTEMPTS = 40;

/** The first draft of up to forty whose prompt is not in `seen`, where it is noted; null = these tools give no other. */
export function firstUnseen(seen: Set<string>, make: (attempt: number) => Draft | null): Draft | null {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const draft = make(attempt);
    if (draft === null) continue;
    const text = JSON.stringify(draft.messages).toLowerCase();
    if (seen.has(text)) continue;
    seen.add(text);
    return draft;
  }
  return null;
}
