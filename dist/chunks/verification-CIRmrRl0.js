import { t as verifyStep } from "./verification-Dd8KhDoY.js";

export { verifyStep };