import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { directory } from "../../../src/exporters/directory/index.ts";
import { temporary } from "../../support/temporary.ts";
import { describeExporter } from "./exporter.ts";

describeExporter(directory, {
  options: () => ({ directory: join(temporary("release"), "shop") }),
  async found([made = ""]) {
    const entries = readdirSync(made, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => ({
        path: relative(made, file),
        executable: (statSync(file).mode & 0o111) !== 0,
        content: readFileSync(file, "utf8"),
      }));
  },
});
