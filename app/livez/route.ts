export const dynamic = "force-dynamic";

/** The process answers; nothing more is promised. */
export const GET = (): Response => Response.json({ status: "alive" });
