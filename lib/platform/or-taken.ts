import { Prisma } from "#prisma/generated/client.ts";

/** Runs an insert whose unique key may be taken; null = it is, and the transaction is lost. */
export const orTaken = async <T>(insert: Promise<T>): Promise<T | null> => {
  try {
    return await insert;
  } catch (error) {
    if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002") return null;
    throw error;
  }
};
