/**
 * What somebody on call may set by hand, for a while. Of a tenant: serve the previous version, serve its fallback, refuse
 * its requests. Of a node: cordon, drain. Of everything: freeze all cutovers and evals.
 */
export const CONTROL_KINDS = ["serve_previous", "serve_fallback", "shed", "freeze", "cordon", "drain"] as const;
export type ControlKind = (typeof CONTROL_KINDS)[number];
