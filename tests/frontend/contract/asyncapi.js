// Reads an AsyncAPI document as tools do; prints what the parser says of it, and fails where that is more than a hint.
import { readFileSync } from "node:fs";

import { Parser } from "@asyncapi/parser";

const warning = 1; // severities: 0 error, 1 warning, 2 information, 3 hint
const { document, diagnostics } = await new Parser().parse(readFileSync(process.argv[2], "utf8"));
for (const each of diagnostics) console.log(each.severity, each.code, each.path.join("."), each.message);
if (!document || diagnostics.some((each) => each.severity <= warning)) process.exit(1);
for (const channel of document.channels().all()) {
  console.log(channel.address(), channel.messages().all().map((message) => message.id()).join(" "));
}
