// Keys in tarlift.yml of environments that are virtualenvs.
import { z } from "zod";
import { describe } from "../../schema/describe.ts";
import { absolute, inside } from "../../schema/values.ts";

/** @param requirements the description of the key `requirements` for the installer */
export const virtualenvKeys = (requirements: string) => ({
  requirements: describe(z.array(inside).min(1).optional(), requirements),
  interpreter: describe(
    absolute.optional(),
    "The interpreter ON THE HOSTS, with its minor version in the name: `/usr/bin/python3.12`. It may be left out, or have no version in its name, only where `version-file` says the version; left out, it is then `/usr/bin/python3`.",
  ),
  link: describe(inside.optional(), "The link inside the release that leads to the environment. Default: `.venv`."),
  "version-file": describe(
    inside.optional(),
    "A file that names the version of Python, such as `.python-version`, where the interpreter's name does not have it. Relative to the application's directory.",
  ),
});
