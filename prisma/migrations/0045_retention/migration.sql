-- What lib/retention looks for, where no index led there.
CREATE INDEX "LoadEvent_at_idx" ON "LoadEvent" ("at");
CREATE INDEX "SignInAttempt_at_idx" ON "SignInAttempt" ("at");

-- When the texts of a run's replies were deleted; null = they are kept.
ALTER TABLE "EvalRun" ADD COLUMN "repliesDeletedAt" timestamptz(3);
CREATE INDEX "EvalRun_finishedAt_idx" ON "EvalRun" ("finishedAt");
