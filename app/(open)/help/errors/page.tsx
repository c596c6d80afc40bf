import { titled } from "#app/titled.ts";
import { ErrorsPage } from "#components/help/errors-page.tsx";

export const generateMetadata = titled("/help/errors");

export default function Page() {
  return <ErrorsPage />;
}
