/** What a checked node is told, one message at a time; each is answered with a report. */
export type NodeOrder =
  | { kind: "listen"; port: number; name: string; loraNames: readonly string[]; baseModel: string; pace: NodePace }
  /** It lost some, or was given some back. */
  | { kind: "names"; loraNames: readonly string[] }
  /** How the next requests are treated. */
  | { kind: "fault"; fault: NodeFault; count: number }
  /** No more of that. */
  | { kind: "behave" }
  | { kind: "report" };

/** `reset_before` and `reset_after`: the connection breaks before, or after, the first byte of the reply. */
export const NODE_FAULTS = ["reset_before", "reset_after", "garbage", "close_before"] as const;
export type NodeFault = (typeof NODE_FAULTS)[number];

/** How long a reply takes, ms, and how many events a stream has. */
export type NodePace = { minMs: number; maxMs: number; events: number };

export type NodeReport = {
  requests: number;
  /** What no node may ever be sent, each kind with how often; e.g. a path that is no inference path. */
  violations: Record<string, number>;
};
