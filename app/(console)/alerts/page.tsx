import type { Metadata } from "next";
import { AlertList } from "#components/alerts/alert-list.tsx";

export const metadata: Metadata = { title: "Alerts" };

export default function Page() {
  return <AlertList />;
}
