import type { Option } from "../routing/plan-route.ts";

/**
 * What the status of a reply means. `unknown_model` and `unauthorized`: we asked the wrong place, or with the wrong key;
 * never the customer's fault. `failed`: whoever was asked is in trouble. `bad_reply`: nothing a client may see, such as a
 * redirect into our network.
 */
export type HeadVerdict = "pass" | "failed" | "unknown_model" | "unauthorized" | "bad_reply";

export function judgeHead(status: number, { on, model }: Option): HeadVerdict {
  if (status >= 500) return "failed";
  if (status >= 300 && status < 400) return "bad_reply";
  if (status === 401 || status === 403) return "unauthorized";
  // the customer's own name for a model is the customer's to get right
  if (status === 404 && (on === "node" || model !== null)) return "unknown_model";
  return "pass";
}
