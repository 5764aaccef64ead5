import { n as localizeWith, t as localizeRecord } from "./installers-virtualenv-localize.js";

export { localizeRecord };