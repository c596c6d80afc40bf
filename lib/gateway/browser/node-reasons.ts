/** Why a node may not answer a request. The list is closed: screens have words for each. */
export const NODE_REASONS = [
  /** The snapshot does not know it. */
  "unknown_node",
  /** Another node was asked for. */
  "not_pinned",
  /** The fleet does not want the version there. */
  "not_placed",
  /** It is wanted there, and not proven yet: not loaded, or its load probe has not passed. */
  "not_proven",
  /** It was proven before the node's last restart. */
  "wrong_epoch",
  /** A CPU engine with adapters loaded: it would answer for the base model with an adapter's weights. */
  "base_mixed",
  "standalone",
  "cordoned",
  "broken",
  "key_unreadable",
  "down",
  "lost_name",
  "breaker_open",
  /** The breaker of the candidate version, on whatever node. */
  "version_open",
  /** It was tried for this request already. */
  "excluded",
] as const;
export type NodeReason = (typeof NODE_REASONS)[number];
