export const INCIDENT_SEVERITIES = ["critical", "major", "minor"] as const;

/** What customers are told of its state. */
export const INCIDENT_STATUSES = ["investigating", "identified", "monitoring", "resolved"] as const;
export type IncidentStatus = (typeof INCIDENT_STATUSES)[number];

export const INCIDENT_EVENT_KINDS = [
  "drafted",
  "opened",
  "accepted",
  "dismissed",
  "held",
  "changed",
  "linked",
  "note",
  "update",
  "resolved",
  "reopened",
  "closed",
] as const;
export type IncidentEventKind = (typeof INCIDENT_EVENT_KINDS)[number];

/** A fallback that lasts longer drafts an incident. */
export const DRAFTED_AFTER_MS = 5 * 60_000;

/** What a customer's text may hold in braces, and what stands there then. */
export const PLACEHOLDERS = {
  tenant: "the customer's name",
  start: "when it began, in UTC",
  end: "when it ended, in UTC; “now” while it is open",
  requests: "how many of the customer's requests failed or were answered by something else",
  minutes: "in how many minutes that happened",
} as const;
export type Placeholder = keyof typeof PLACEHOLDERS;

/** What an update begins with until somebody writes a better one. */
export const DEFAULT_TEXTS: Record<IncidentStatus, string> = {
  investigating:
    "Since {start} some requests to your model fail or are answered by something else. So far this affects {requests} requests. We are looking for the cause and will write again within 30 minutes.",
  identified:
    "We know why requests to your model have failed or were answered by something else since {start}, and are fixing it. So far this affects {requests} requests in {minutes} minutes.",
  monitoring:
    "Requests to your model are answered as usual again. We keep monitoring before we close the incident. Between {start} and {end}, {requests} requests were affected.",
  resolved:
    "From {start} to {end}, {requests} requests to your model failed or were answered by something else, in {minutes} minutes. The incident has ended.",
};
