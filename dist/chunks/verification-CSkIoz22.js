import { t as verifyStep } from "./verification-BXHYHtme.js";

export { verifyStep };