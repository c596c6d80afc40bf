-- A version that served its customer elsewhere before is adopted: no gate was set aside for it. Earlier cutovers do not say so.
ALTER TABLE "Cutover" ADD COLUMN "adopted" BOOLEAN NOT NULL DEFAULT false;
