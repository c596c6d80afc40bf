/** More than these are counted only. */
const MOST_NAMED = 3;

/** Some nodes in a note: by name, or how many they are. */
export const namedNodes = (nodes: readonly { name: string }[]): string =>
  nodes.length > MOST_NAMED ? `${nodes.length} nodes` : nodes.map(({ name }) => name).join(", ");
