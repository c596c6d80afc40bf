"use client";

import type { ReactNode } from "react";
import { PageHeader } from "../ui/page-header.tsx";
import { Tabs } from "../ui/tabs.tsx";

/** Header and tabs of the evaluation pages. */
export function EvalsFrame({
  primary,
  secondary,
  children,
}: {
  primary?: ReactNode;
  secondary?: ReactNode;
  children: ReactNode;
}) {
  return (
    <>
      <PageHeader
        title="Evals"
        primary={primary}
        secondary={secondary}
        tabs={
          <Tabs
            label="Sections of evals"
            tabs={[
              { label: "Runs", href: "/evals" },
              { label: "Suites", href: "/evals/suites" },
              { label: "Templates", href: "/evals/templates" },
            ]}
          />
        }
      />
      {children}
    </>
  );
}
