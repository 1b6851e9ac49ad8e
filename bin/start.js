// Runs the program in this very process, with what Node compiles of it kept beside the packages: the next start takes less than half as
// long. The folder is as trusted as the packages are; a shared temporary one would not be. Where it cannot be written or made, nothing is
// kept, and all else is the same.
import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

// A launcher that was killed could hand nothing on. Whoever watches it takes this process for ended, and starts another: so it ends, too.
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
process.channel?.unref();

enableCompileCache(fileURLToPath(new URL("../node_modules/.cache/anchorwatch", import.meta.url)));
await import("../src/cli/main.ts");
