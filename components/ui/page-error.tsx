"use client";

import { buttonClass } from "./button-class.ts";
import { EmptyState } from "./empty-state.tsx";

/** What Next hands to an error boundary: the server's message stays there, a digest finds it in the log. */
export type PageErrorProps = { error: Error & { digest?: string }; reset: () => void };

/** A page that failed as a whole; panels that fail alone show `ErrorState`. */
export function PageError({ error, reset }: PageErrorProps) {
  return (
    <EmptyState
      isPage
      title="This page could not be shown"
      action={
        <button type="button" className={buttonClass("primary")} onClick={reset}>
          Try again
        </button>
      }
    >
      An error occurred while rendering the page. No data was changed.
      {error.digest && (
        <>
          {" "}
          Find it in the log under <code className="font-mono text-xs">{error.digest}</code>.
        </>
      )}
    </EmptyState>
  );
}
