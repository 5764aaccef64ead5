import { t as verifyStep } from "./verification-CBbcnTJy.js";

export { verifyStep };