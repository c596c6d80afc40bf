-- What became of each address that a request for approval was written to.

-- CreateTable
CREATE TABLE "ApprovalMail" (
    "approvalId" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "askedAt" TIMESTAMPTZ(3),
    "remindedAt" TIMESTAMPTZ(3),
    "tries" INTEGER NOT NULL DEFAULT 0,
    "nextTryAt" TIMESTAMPTZ(3),
    "refusal" TEXT,

    CONSTRAINT "ApprovalMail_pkey" PRIMARY KEY ("approvalId","address")
);

-- AddForeignKey
ALTER TABLE "ApprovalMail" ADD CONSTRAINT "ApprovalMail_approvalId_fkey" FOREIGN KEY ("approvalId") REFERENCES "Approval"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Row-level security as in 0002. Addresses are nobody's to see but the platform's: the tenant role is granted nothing.
ALTER TABLE "ApprovalMail" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "ApprovalMail" FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON "ApprovalMail" TO switchyard_platform USING (true) WITH CHECK (true);
