const OLDEST = [20, 19] as const;

/** What is wrong with this version of Node; null = it will do. */
export function nodeProblem(version: string): string | null {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const enough = major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
  return enough ? null : `Node ${OLDEST.join(".")} or newer is needed; this is ${version}.`;
}
