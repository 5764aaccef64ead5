import { t as verifyStep } from "./verification-AKdjrTE2.js";

export { verifyStep };