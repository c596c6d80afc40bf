/** @returns the operating system's short code of an error (ENOENT, ESRCH, ENOSPC, ...); null = it has none */
export const systemCode = (error: unknown): string | null =>
  error instanceof Error && "code" in error ? String(error.code) : null;

/** Whether nothing stands at the path that was asked for: no such name, or a file where a directory of it would be. */
export const isAbsent = (error: unknown): boolean => ["ENOENT", "ENOTDIR"].includes(systemCode(error) ?? "");

/** Whether the disk, or the user's share of it, has no room left. */
export const isDiskFull = (error: unknown): boolean => ["ENOSPC", "EDQUOT"].includes(systemCode(error) ?? "");

/**
 * @returns what was read, or null where nothing stands at that path
 * @throws every other error, as it came
 */
export async function unlessAbsent<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}
