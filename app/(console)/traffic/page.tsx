import type { Metadata } from "next";
import { requireStaff } from "#app/session.ts";
import { webDeps } from "#lib/api/deps.ts";
import { LiveTraffic } from "./live-traffic.tsx";

export const metadata: Metadata = { title: "Traffic" };

export default async function Page() {
  await requireStaff();
  return <LiveTraffic gatewayUrl={webDeps().deps.gatewayUrl} />;
}
