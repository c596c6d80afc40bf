import type { Metadata } from "next";
import { AdapterList } from "#components/adapters/list/adapter-list.tsx";

export const metadata: Metadata = { title: "Adapters" };

export default function Page() {
  return <AdapterList />;
}
