import type { System } from "#lib/journey/browser/system-schema.ts";
import { TextLink } from "../ui/button.tsx";
import { formatBytes, formatCount, quantityText } from "../ui/format.ts";
import { KeyValue } from "../ui/key-value.tsx";
import { Time } from "../ui/time.tsx";

/** What is asked for and not done yet, and what was not seen. */
export function QueueFacts({ system: { jobs, notifications, scrape } }: { system: System }) {
  return (
    <KeyValue
      columns={2}
      rows={[
        {
          label: "Last scrape",
          value:
            scrape === null ? null : (
              <>
                {formatCount(scrape.seen)} of {formatCount(scrape.of)} nodes
                {scrape.at && (
                  <>
                    , <Time at={scrape.at} />
                  </>
                )}
              </>
            ),
        },
        {
          label: "Scrapes not stored",
          value: scrape === null ? null : `${formatCount(scrape.waiting)} waiting, ${formatCount(scrape.lost)} lost`,
          hint: "Scrapes wait while the database is unavailable. Lost scrapes are gaps in the charts. Counted since this worker took over.",
        },
        {
          label: "Jobs",
          value: (
            <>
              <TextLink href="/jobs">{formatCount(jobs.waiting)} waiting</TextLink>, {formatCount(jobs.running)} running
              {jobs.oldestWaitingAt && (
                <>
                  , the oldest since <Time at={jobs.oldestWaitingAt} />
                </>
              )}
            </>
          ),
        },
        {
          label: "Notifications",
          value: (
            <>
              <TextLink href="/settings/notifications">{formatCount(notifications.waiting)} waiting</TextLink>
              {notifications.oldestWaitingAt && (
                <>
                  {" "}
                  since <Time at={notifications.oldestWaitingAt} />
                </>
              )}
              , {formatCount(notifications.gaveUpLastDay)} failed in 24 h
            </>
          ),
        },
      ]}
    />
  );
}

export function DatabaseFacts({ database }: { database: System["database"] }) {
  const { version, bytes, connections, maxConnections, largest } = database;
  return (
    <KeyValue
      columns={2}
      rows={[
        { label: "Postgres", value: version },
        { label: "Size", value: quantityText(formatBytes(bytes)) },
        { label: "Connections", value: `${formatCount(connections)} of ${formatCount(maxConnections)}` },
        {
          label: "Largest tables",
          value: (
            <ul>
              {largest.map((one) => (
                <li key={one.table} className="flex justify-between gap-4">
                  <code className="font-mono text-xs">{one.table}</code>
                  <span className="tabular-nums">{quantityText(formatBytes(one.bytes))}</span>
                </li>
              ))}
            </ul>
          ),
        },
      ]}
    />
  );
}
