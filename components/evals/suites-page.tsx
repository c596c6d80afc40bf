"use client";

import { parseAsBoolean, parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { lazy, Suspense, useState } from "react";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { useDenied } from "../ui/reader.tsx";
import { Segments } from "../ui/segments.tsx";
import { EvalsFrame } from "./evals-frame.tsx";
import { ReadinessTable } from "./readiness-table.tsx";
import { SuiteTable } from "./suite-table.tsx";

const NewSuite = lazy(() => import("./new-suite.tsx").then((module) => ({ default: module.NewSuite })));
const ToolsForm = lazy(() => import("./tools-form.tsx").then((module) => ({ default: module.ToolsForm })));

const VIEWS = ["tenants", "suites"] as const;

/** Suites of all tenants: how far each is, and every revision there is. */
export function SuitesPage() {
  const [{ by, tenant, create }, setView] = useQueryStates({
    by: parseAsStringLiteral(VIEWS).withDefault("tenants"),
    tenant: parseAsString.withDefault(""),
    create: parseAsBoolean.withDefault(false),
  });
  const [isSettingTools, setSettingTools] = useState(false);
  const denied = useDenied("eval.run");
  return (
    <EvalsFrame
      secondary={
        <Button disabledReason={denied} onClick={() => setSettingTools(true)}>
          Set tools
        </Button>
      }
      primary={
        <Button variant="primary" disabledReason={denied} onClick={() => void setView({ create: true })}>
          New suite
        </Button>
      }
    >
      <Segments
        label="Show"
        options={[
          { key: "tenants", label: "By tenant" },
          { key: "suites", label: "All suites" },
        ]}
        value={by}
        onChange={(next) => void setView({ by: next })}
      />
      {by === "tenants" ? <ReadinessTable /> : <SuiteTable />}
      <Dialog
        open={create}
        onOpenChange={(open) => void setView({ create: open ? true : null })}
        size="lg"
        title="New suite"
        description="Prompts with their right answers, from the tenant's tools, a file, its recorded requests, another suite, or a fictional company."
      >
        <Suspense fallback={null}>
          <NewSuite initialTenant={tenant} />
        </Suspense>
      </Dialog>
      <Dialog
        open={isSettingTools}
        onOpenChange={setSettingTools}
        size="lg"
        title="Set a tenant's tools"
        description="The tools its requests offer to the model. Suites and templates are generated from them."
      >
        <Suspense fallback={null}>
          <ToolsForm initialTenant={tenant} />
        </Suspense>
      </Dialog>
    </EvalsFrame>
  );
}
