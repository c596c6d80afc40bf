import { getServerSession, type NextAuthOptions } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";
import type { Actor } from "#lib/identity/actor.ts";
import { actorOfSession, SESSION_MAX_AGE_SECONDS, signIn, signOut } from "#lib/identity/sign-in.ts";
import { AppError } from "#lib/platform/errors.ts";
import { webDeps } from "./deps.ts";

/** The JWT carries a session id and nothing that grants anything: the Session row is read on every request. */
export function authOptions(): NextAuthOptions {
  const { env, deps } = webDeps();
  return {
    secret: env.NEXTAUTH_SECRET,
    session: { strategy: "jwt", maxAge: SESSION_MAX_AGE_SECONDS },
    pages: { signIn: "/sign-in", error: "/sign-in" },
    providers: [
      CredentialsProvider({
        name: "Password",
        credentials: { email: { type: "email" }, password: { type: "password" } },
        async authorize(credentials, request) {
          const forwarded = String(request.headers?.["x-forwarded-for"] ?? "");
          try {
            const signedIn = await signIn(deps, {
              email: credentials?.email ?? "",
              password: credentials?.password ?? "",
              address: forwarded.split(",")[0]?.trim() || "direct",
              userAgent: String(request.headers?.["user-agent"] ?? "").slice(0, 200) || null,
            });
            return signedIn && { id: signedIn.sessionId, email: signedIn.email, name: signedIn.name };
          } catch (error) {
            if (error instanceof AppError) throw new Error(error.reason); // next-auth hands the text to the page
            deps.log.error("sign-in failed", { error });
            throw new Error("unavailable");
          }
        },
      }),
    ],
    callbacks: {
      jwt: ({ token, user }) => (user ? { ...token, sid: user.id } : token),
      session: ({ session, token }) => ({ ...session, sid: token.sid }),
    },
    events: {
      signOut: async ({ token }) => {
        if (typeof token?.sid === "string") await signOut(deps, token.sid);
      },
    },
  };
}

/** Who is signed in on this request, by the cookie and the Session row; null = nobody. */
export async function sessionActor(): Promise<Actor | null> {
  const session: unknown = await getServerSession(authOptions());
  if (typeof session !== "object" || session === null || !("sid" in session) || typeof session.sid !== "string")
    return null;
  return actorOfSession(webDeps().deps, session.sid);
}
