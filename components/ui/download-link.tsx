import type { ReactNode } from "react";

/** A file of the API, saved under a name. Not a `TextLink`: nothing fetches it before it is asked for. */
export function DownloadLink({ href, name, children }: { href: string; name: string; children: ReactNode }) {
  return (
    <a
      href={href}
      download={name}
      className="inline-flex min-h-6 items-center rounded-control text-sm text-accent underline decoration-transparent underline-offset-2 hover:decoration-current"
    >
      {children}
    </a>
  );
}
