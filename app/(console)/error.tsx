"use client";

import { PageError, type PageErrorProps } from "#components/ui/page-error.tsx";

/** Inside the shell, so that the navigation stays. */
export default function ShellError(props: PageErrorProps) {
  return <PageError {...props} />;
}
