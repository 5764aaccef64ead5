import { n as packageDirectory, t as describesPackage } from "./installers-virtualenv-package-project.js";

export { packageDirectory };