/**
 * A parsed JSON value that loses nothing: objects are Maps (so a key named `__proto__` is only a key), numbers keep
 * their text. `exact` on a number says that its spelling counts, because the schema does not call it a number.
 */
export type NumberNode = { lexeme: string; exact: boolean };
export type ObjectNode = ReadonlyMap<string, ArgumentNode>;
export type ArgumentNode = null | boolean | string | NumberNode | readonly ArgumentNode[] | ObjectNode;

export type JsonType = "null" | "boolean" | "string" | "number" | "array" | "object";

export function isObjectNode(node: ArgumentNode): node is ObjectNode {
  return node instanceof Map;
}

export function isArrayNode(node: ArgumentNode): node is readonly ArgumentNode[] {
  return Array.isArray(node);
}

export function isNumberNode(node: ArgumentNode): node is NumberNode {
  return typeof node === "object" && node !== null && "lexeme" in node;
}

export function typeOfNode(node: ArgumentNode): JsonType {
  if (node === null) return "null";
  if (typeof node === "string") return "string";
  if (typeof node === "boolean") return "boolean";
  if (isArrayNode(node)) return "array";
  return isObjectNode(node) ? "object" : "number";
}

/** JSON text for people: numbers as they were written, keys in their own order, control characters escaped. */
export function printNode(node: ArgumentNode): string {
  if (node === null) return "null";
  if (isArrayNode(node)) return `[${node.map(printNode).join(",")}]`;
  if (isObjectNode(node))
    return `{${[...node].map(([key, value]) => `${JSON.stringify(key)}:${printNode(value)}`).join(",")}}`;
  if (isNumberNode(node)) return node.lexeme;
  return JSON.stringify(node);
}

/** `$.items[2].name`; keys that are not plain words are quoted. */
export function childPath(path: string, key: string | number): string {
  if (typeof key === "number") return `${path}[${key}]`;
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
}
