"use client";

import "./globals.css";
import { PageError, type PageErrorProps } from "#components/ui/page-error.tsx";

/** The last boundary: even the root layout failed, so it brings its own document. */
export default function GlobalError(props: PageErrorProps) {
  return (
    <html lang="en">
      <body>
        <title>Switchyard failed</title>
        <main className="flex min-h-dvh flex-col justify-center">
          <PageError {...props} />
        </main>
      </body>
    </html>
  );
}
