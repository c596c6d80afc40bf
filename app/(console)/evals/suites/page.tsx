import { titled } from "#app/titled.ts";
import { SuitesPage } from "#components/evals/suites-page.tsx";

export const generateMetadata = titled("/evals/suites");

export default function Page() {
  return <SuitesPage />;
}
