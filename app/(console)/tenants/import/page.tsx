import type { Metadata } from "next";
import { ImportStart } from "#components/intake/import/import-start.tsx";

export const metadata: Metadata = { title: "Import tenants" };

export default function Page() {
  return <ImportStart />;
}
