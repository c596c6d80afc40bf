/** Name of the release policy in histories: what it starts, nobody else can. */
export const RELEASE_ACTOR = "release policy";

/** Whether a cutover was started by its tenant's release policy. */
export const isByPolicy = ({ requestedBy }: { requestedBy: string }): boolean => requestedBy === RELEASE_ACTOR;
