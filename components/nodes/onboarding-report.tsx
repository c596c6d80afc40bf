import { StatusShape } from "#components/ui/status.tsx";
import type { OnboardingFinding } from "#lib/fleet/schema.ts";

/** What the first look at a node found: warnings first, each with its fix. */
export function OnboardingReport({ findings }: { findings: readonly OnboardingFinding[] }) {
  const sorted = findings.toSorted((a, b) => Number(b.severity === "warning") - Number(a.severity === "warning"));
  return (
    <ul aria-label="What the first look found" className="flex flex-col gap-3 text-md">
      {sorted.map(({ code, severity, message, fix }) => (
        <li key={`${code} ${message}`} className="flex gap-2.5">
          <span className="flex h-5 items-center">
            <StatusShape state={severity === "warning" ? "warn" : "ok"} />
          </span>
          <div className="min-w-0">
            <p>
              {severity === "warning" && <span className="font-medium text-warn">Warning: </span>}
              {message}
            </p>
            {fix && <p className="text-fg-2">{fix}</p>}
          </div>
        </li>
      ))}
    </ul>
  );
}
