import { titled } from "#app/titled.ts";
import { SelectableAdapters } from "./selectable-adapters.tsx";

export const generateMetadata = titled("/adapters");

export default function Page() {
  return <SelectableAdapters />;
}
