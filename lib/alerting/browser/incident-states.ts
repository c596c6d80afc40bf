/** States of an incident, in the order of a list: an alert shows the state of the incident it belongs to. */
export const INCIDENT_STATES = ["draft", "open", "resolved", "closed", "dismissed"] as const;
export type IncidentState = (typeof INCIDENT_STATES)[number];
