import NextAuth from "next-auth";
import { authOptions } from "#lib/api/auth.ts";

export const dynamic = "force-dynamic";

const handle = (...args: unknown[]) => NextAuth(authOptions())(...args);

export { handle as GET, handle as POST };
