import { type NextRequest, NextResponse } from "next/server";

/**
 * Only passes the wanted path on to pages, so that a link survives the sign-in. It decides nothing: access is decided in
 * use cases and in the database.
 */
export function proxy(request: NextRequest): NextResponse {
  const headers = new Headers(request.headers);
  headers.set("x-switchyard-path", request.nextUrl.pathname + request.nextUrl.search);
  return NextResponse.next({ request: { headers } });
}

/** Bodies (uploads) never pass through here: Next would keep only their first 10 MB. */
export const config = { matcher: ["/((?!api/|_next/|livez|readyz|metrics|favicon|.*\\.[a-z0-9]+$).*)"] };
