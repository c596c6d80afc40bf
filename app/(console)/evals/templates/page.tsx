import { titled } from "#app/titled.ts";
import { TemplatesPage } from "#components/evals/templates-page.tsx";

export const generateMetadata = titled("/evals/templates");

export default function Page() {
  return <TemplatesPage />;
}
