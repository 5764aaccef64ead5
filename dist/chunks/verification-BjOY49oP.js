import { t as verifyStep } from "./verification-BoHiI_zW.js";

export { verifyStep };