import type { Metadata } from "next";
import { ExplorerPage } from "#components/explorer/explorer-page.tsx";

export const metadata: Metadata = { title: "Charts" };

export default function Page() {
  return <ExplorerPage />;
}
