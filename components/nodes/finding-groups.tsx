import { StatusShape } from "#components/ui/status.tsx";
import type { StateRole } from "#components/ui/status-words.ts";
import type { OnboardingFinding } from "#lib/fleet/schema.ts";

type Severity = OnboardingFinding["severity"];

/** The worst first; what passed is folded away, since it asks for nothing. */
const GROUPS: readonly { severity: Severity; title: string; role: StateRole; says: string }[] = [
  { severity: "problem", title: "Problems", role: "bad", says: "Problem" },
  { severity: "warning", title: "Warnings", role: "warn", says: "Warning" },
  { severity: "unknown", title: "Not reported by the node", role: "unknown", says: "Unknown" },
  { severity: "pass", title: "Passed", role: "ok", says: "Passed" },
];

/** What an inspection of a node found, by severity, each with its fix. */
export function FindingGroups({ findings }: { findings: readonly OnboardingFinding[] }) {
  return (
    <div className="flex flex-col gap-4">
      {GROUPS.map(({ severity, title, role, says }) => {
        const items = findings.filter((finding) => finding.severity === severity);
        if (items.length === 0) return null;
        const heading = `${title} (${items.length})`;
        const list = <Items items={items} role={role} says={says} label={heading} />;
        if (severity !== "pass")
          return (
            <div key={severity} className="flex flex-col gap-2">
              <p className="text-sm font-medium text-fg-2">{heading}</p>
              {list}
            </div>
          );
        return (
          <details key={severity} open={findings.every((finding) => finding.severity === "pass")}>
            <summary className="min-h-6 w-fit cursor-pointer text-sm font-medium text-fg-2 hover:text-fg">
              {heading}
            </summary>
            <div className="mt-2">{list}</div>
          </details>
        );
      })}
    </div>
  );
}

function Items({
  items,
  role,
  says,
  label,
}: {
  items: readonly OnboardingFinding[];
  role: StateRole;
  says: string;
  label: string;
}) {
  return (
    <ul aria-label={label} className="flex flex-col gap-2.5 text-md">
      {items.map(({ code, message, fix }) => (
        <li key={`${code} ${message}`} data-finding={code} className="flex gap-2.5">
          <span className="flex h-5 items-center">
            <StatusShape state={role} />
          </span>
          <div className="min-w-0">
            <p>
              <span className="sr-only">{says}: </span>
              {message}
            </p>
            {fix && <p className="text-fg-2">{fix}</p>}
          </div>
        </li>
      ))}
    </ul>
  );
}
