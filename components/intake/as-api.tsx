"use client";

import { CopyBlock } from "../ui/copy.tsx";
import { useHydrated } from "../ui/use-now.ts";

/** The same step for a program: commands that do what the button does, behind a fold. */
export function AsApi({ commands }: { commands: (baseUrl: string) => readonly string[] }) {
  const isHydrated = useHydrated();
  const baseUrl = isHydrated ? location.origin : "";
  return (
    <details className="group rounded-card border">
      <summary className="cursor-pointer px-4 py-2 text-sm text-fg-2 pointer-coarse:py-3">As API</summary>
      <div className="px-4 pb-3">
        <CopyBlock text={commands(`${baseUrl}/api/v1`).join("\n")} label="Copy commands" />
      </div>
    </details>
  );
}

/** One call as curl writes it. */
export const curl = (url: string, body?: object): string =>
  [
    `curl ${body ? "-X POST " : ""}${url} -H "authorization: Bearer $SWITCHYARD_KEY"`,
    ...(body ? [`  -H "content-type: application/json" -d '${JSON.stringify(body)}'`] : []),
  ].join(" \\\n");
