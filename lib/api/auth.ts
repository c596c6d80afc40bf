import { cookies } from "next/headers";
import { getServerSession, type NextAuthOptions } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";
import { cache } from "react";
import type { Actor } from "#lib/identity/actor.ts";
import {
  actorOfSession,
  BROWSER_MEMORY_SECONDS,
  knownBrowser,
  SESSION_MAX_AGE_SECONDS,
  signIn,
  signOut,
} from "#lib/identity/sign-in.ts";
import { CLIENT_ADDRESS_HEADER } from "#lib/platform/client-address.ts";
import { AppError } from "#lib/platform/errors.ts";
import { webDeps } from "./deps.ts";

/** Says which browser this is, to the sign-in only: it opens nothing. */
const BROWSER_COOKIE = "switchyard-browser";

const browserCookie = (consoleUrl: string | undefined) =>
  ({
    httpOnly: true,
    sameSite: "lax",
    secure: consoleUrl?.startsWith("https://") ?? false,
    path: "/api/auth",
    maxAge: BROWSER_MEMORY_SECONDS,
  }) as const;

/** What a refused sign-in tells the form: the reason, and how many seconds to wait. */
const refusalText = ({ reason, retryAfterSeconds }: AppError): string =>
  retryAfterSeconds === null ? reason : `${reason}:${retryAfterSeconds}`;

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
          try {
            const jar = await cookies();
            const signedIn = await signIn(deps, {
              email: credentials?.email ?? "",
              password: credentials?.password ?? "",
              address: String(request.headers?.[CLIENT_ADDRESS_HEADER] ?? "unknown"),
              browser: knownBrowser(jar.get(BROWSER_COOKIE)?.value),
              userAgent: String(request.headers?.["user-agent"] ?? "").slice(0, 200) || null,
            });
            if (signedIn === null) return null;
            jar.set(BROWSER_COOKIE, signedIn.browser, browserCookie(env.NEXTAUTH_URL));
            return { id: signedIn.sessionId, email: signedIn.email, name: signedIn.name };
          } catch (error) {
            if (error instanceof AppError) throw new Error(refusalText(error)); // next-auth hands the text to the page
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

/** Who is signed in on this request, by the cookie and the Session row; null = nobody. A page asks once for all its parts. */
export const sessionActor = cache(async (): Promise<Actor | null> => {
  const session: unknown = await getServerSession(authOptions());
  if (typeof session !== "object" || session === null || !("sid" in session) || typeof session.sid !== "string")
    return null;
  return actorOfSession(webDeps().deps, session.sid);
});
