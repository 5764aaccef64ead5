import { t as verifyStep } from "./verification-Ce1oTUDe.js";

export { verifyStep };