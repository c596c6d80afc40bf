import { TextLink } from "#components/ui/button.tsx";
import { CopyId } from "#components/ui/copy.tsx";
import type { Version } from "#lib/registry/schema.ts";

/** A version by its tenant, adapter and number, leading to its page; by its id until it is known. */
export function VersionLink({ id, version }: { id: string; version: Version | undefined }) {
  if (version === undefined) return <CopyId id={id} label="version id" />;
  return (
    <TextLink className="row-action whitespace-nowrap" href={`/adapters/${version.adapterId}/versions/${version.id}`}>
      {version.tenantSlug} / {version.adapterSlug} v{version.number}
    </TextLink>
  );
}
