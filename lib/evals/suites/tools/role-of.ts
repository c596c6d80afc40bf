import type { ToolRole } from "../../browser/tools-schema.ts";

const VERBS: Record<Exclude<ToolRole, "other">, readonly string[]> = {
  create: [
    "create",
    "add",
    "book",
    "new",
    "open",
    "place",
    "order",
    "register",
    "make",
    "schedule",
    "reserve",
    "insert",
  ],
  lookup: ["get", "fetch", "read", "lookup", "look", "show", "retrieve", "check", "view", "describe", "track", "query"],
  list: ["list", "search", "find", "browse", "filter", "count"],
  update: ["update", "change", "set", "edit", "modify", "move", "assign", "reschedule", "rename", "patch", "extend"],
  cancel: ["cancel", "delete", "remove", "void", "revoke", "close", "drop", "refund", "stop", "archive"],
  send: ["send", "notify", "email", "message", "post", "call", "reply", "forward", "remind"],
};

/** What a tool is for, by the first verb in its name: `cancel_order` cancels, `orders.list` lists. */
export function roleOf(name: string): ToolRole {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  for (const word of words)
    for (const [role, verbs] of Object.entries(VERBS)) if (verbs.includes(word)) return role as ToolRole;
  return "other";
}
