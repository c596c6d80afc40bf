import type { Metadata } from "next";
import { AdapterList } from "#components/adapters/adapter-list.tsx";

export const metadata: Metadata = { title: "Adapters" };

export default function Page() {
  return <AdapterList />;
}
