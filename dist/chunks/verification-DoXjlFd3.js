import { t as verifyStep } from "./verification-7LxkPm1P.js";

export { verifyStep };