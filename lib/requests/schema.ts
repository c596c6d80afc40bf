/** What a request through the gateway was for. */
export const TRAFFIC_KINDS = ["user", "eval", "shadow", "probe"] as const;
export type TrafficKind = (typeof TRAFFIC_KINDS)[number];

/** What answered it. Whether it was a substitute is `fallbackReason`: an origin may be the route's own target. */
export const VIAS = ["primary", "previous_version", "base_model", "hosted_provider", "origin"] as const;
export type Via = (typeof VIAS)[number];
