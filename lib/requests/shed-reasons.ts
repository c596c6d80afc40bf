/**
 * The gateway's codes for requests that it turned away (429) for want of room, or by hand: they wanted an answer and got none
 * through no fault of theirs. A tenant over its own limits is told so with other codes.
 */
export const OUR_SHEDS = ["queue_full", "saturated", "waited_too_long", "tenant_shed"] as const;
