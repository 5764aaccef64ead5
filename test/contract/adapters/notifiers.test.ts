import { json } from "../../../src/notifiers/json/index.ts";
import { slack } from "../../../src/notifiers/slack/index.ts";
import { describeNotifier } from "./notifier.ts";

describeNotifier(json, { shown: (body) => JSON.parse(body).summary });
describeNotifier(slack, { shown: (body) => JSON.parse(body).text });
