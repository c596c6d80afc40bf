import { testVllm } from "./test-vllm/test-vllm.ts";

const [part = "all"] = process.argv.slice(2);
if (part === "all" || part === "derived" || part === "silent" || part === "gateway")
  process.exitCode = await testVllm(part, (line) => console.log(line));
else {
  console.error(`There is no part "${part}". Use: npm run test:vllm [-- derived|silent|gateway]`);
  process.exitCode = 2;
}
