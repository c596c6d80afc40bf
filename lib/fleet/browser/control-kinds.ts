/**
 * What somebody on call may set by hand, for a while. Of a tenant: serve the previous version, serve its fallback, refuse
 * its requests. Of a node: cordon, drain. Of everything: freeze all cutovers and evals.
 */
export const CONTROL_KINDS = ["serve_previous", "serve_fallback", "shed", "freeze", "cordon", "drain"] as const;
export type ControlKind = (typeof CONTROL_KINDS)[number];

export const CONTROL_MINUTES = { min: 5, max: 240, default: 30 } as const;

/** How long what runs on a node may take when it is drained, unless it is said. */
export const DRAIN_SECONDS = 120;
