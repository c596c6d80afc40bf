import { titled } from "#app/titled.ts";
import { ImportStart } from "#components/intake/import/import-start.tsx";

export const generateMetadata = titled("/tenants/import");

export default function Page() {
  return <ImportStart />;
}
