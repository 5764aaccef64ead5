import { t as verifyStep } from "./verification-DCl9KAar.js";

export { verifyStep };