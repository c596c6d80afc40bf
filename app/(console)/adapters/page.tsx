import type { Metadata } from "next";
import { SelectableAdapters } from "./selectable-adapters.tsx";

export const metadata: Metadata = { title: "Adapters" };

export default function Page() {
  return <SelectableAdapters />;
}
