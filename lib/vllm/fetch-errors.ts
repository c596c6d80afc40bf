/**
 * Refusals of Switchyard's own plugin on nodes that fetch their adapters. The words are the plugin's, see
 * vllm-plugin/switchyard_vllm; vLLM passes its messages on as they are. A key or a setting may be put right without a
 * restart, so that only what cannot heal by itself is permanent.
 */
export const FETCH_RULES = [
  {
    text: /switchyard_digest_mismatch/,
    class: "permanent",
    code: "fetched_digest_mismatch",
    fix: "Find out who changes the bytes: Switchyard's store, something between it and the node, or the node's disk.",
  },
  {
    text: /switchyard_key_refused/,
    class: "transient",
    code: "fetch_key_refused",
    fix: "Make the node a new key and put it into the file that SWITCHYARD_NODE_KEY_FILE names.",
  },
  {
    text: /switchyard_not_placed/,
    class: "transient",
    code: "fetch_not_placed",
    fix: "Check that the key the node has is its own, and SWITCHYARD_URL this Switchyard.",
  },
  {
    text: /switchyard_not_configured/,
    class: "transient",
    code: "fetch_not_configured",
    fix: "Make the node's key and put it into the file that SWITCHYARD_NODE_KEY_FILE names, beside SWITCHYARD_URL (see the pool's launch command).",
  },
  {
    text: /switchyard_path_refused/,
    class: "permanent",
    code: "fetch_path_refused",
    fix: "Set SWITCHYARD_ADAPTER_DIR on the node to the pool's adapter directory, without symbolic links below it.",
  },
  {
    text: /switchyard_disk_full/,
    class: "transient",
    code: "node_disk_full",
    fix: "Make room on the node's disk, in the pool's adapter directory.",
  },
  {
    text: /switchyard_disk_failed/,
    class: "transient",
    code: "node_disk_failed",
    fix: "Let the user that vLLM runs as write to the pool's adapter directory.",
  },
  {
    text: /switchyard_unreachable/,
    class: "transient",
    code: "fetch_unreachable",
    fix: "Check that the node reaches SWITCHYARD_URL.",
  },
  {
    text: /switchyard_fetch_failed/,
    class: "transient",
    code: "fetch_failed",
    fix: "Read the engine's log for the reason; is SWITCHYARD_URL this Switchyard?",
  },
] as const;
