import { markHref } from "#components/charts/mark-words.ts";
import type { Annotation } from "#lib/metrics/schema.ts";
import { TextLink } from "../ui/button.tsx";
import { StatusShape } from "../ui/status.tsx";
import { Time } from "../ui/time.tsx";

const PATHS: Record<string, string> = { run: "/evals/runs", tenant: "/tenants" };

/** Where the object of a mark can be opened, if it has a page. */
const hrefOf = (event: Annotation): string | null => {
  const path = event.ref && PATHS[event.ref.type];
  return path && event.ref ? `${path}/${event.ref.id}` : (markHref(event) ?? null);
};

/** What happened lately, newest first. */
export function EventList({ events }: { events: readonly Annotation[] }) {
  if (events.length === 0) return <p className="py-4 text-md text-fg-2">No events yet.</p>;
  return (
    <ul className="flex flex-col divide-y text-sm">
      {events.map((event) => {
        const href = hrefOf(event);
        return (
          <li key={event.id} className="flex items-center gap-3 py-1.5">
            <StatusShape state={event.outcome === "failed" ? "bad" : "off"} />
            <span className="min-w-0 grow sm:truncate">
              {href ? (
                <TextLink href={href} className="text-fg">
                  {event.title}
                </TextLink>
              ) : (
                event.title
              )}
            </span>
            <span className="shrink-0 text-fg-3">
              <Time at={event.at} />
            </span>
          </li>
        );
      })}
    </ul>
  );
}
