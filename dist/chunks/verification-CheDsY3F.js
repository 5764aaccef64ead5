import { t as verifyStep } from "./verification-B9i-Cyei.js";

export { verifyStep };