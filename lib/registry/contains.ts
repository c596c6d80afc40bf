/** Matches text anywhere, whatever its case; for a Prisma filter. */
export const contains = (text: string) => ({ contains: text, mode: "insensitive" as const });
