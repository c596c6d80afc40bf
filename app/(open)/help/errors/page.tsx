import type { Metadata } from "next";
import { ErrorsPage } from "#components/help/errors-page.tsx";

export const metadata: Metadata = { title: "Errors" };

export default function Page() {
  return <ErrorsPage />;
}
