"use client";

import type { ReactNode } from "react";
import { PageHeader } from "../ui/page-header.tsx";
import { Tabs } from "../ui/tabs.tsx";

/** Header and tabs of the evaluation pages. */
export function EvalsFrame({ children }: { children: ReactNode }) {
  return (
    <>
      <PageHeader
        title="Evals"
        tabs={
          <Tabs
            label="Sections of evals"
            tabs={[
              { label: "Runs", href: "/evals" },
              { label: "Suites", href: "/evals/suites" },
            ]}
          />
        }
      />
      {children}
    </>
  );
}
