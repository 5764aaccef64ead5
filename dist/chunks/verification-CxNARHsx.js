import { t as verifyStep } from "./verification-CTGwXBT7.js";

export { verifyStep };