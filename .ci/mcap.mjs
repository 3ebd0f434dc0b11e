// Checks MCAP files: see mcap, the script beside this file.
import { open, readFile } from "node:fs/promises";
import { McapIndexedReader, McapStreamReader } from "@mcap/core";
import { FileHandleReadable } from "@mcap/nodejs";
import { loadDecompressHandlers } from "@mcap/support";

const names = process.argv.slice(2).filter((name) => name !== "--control");
const control = names.length < process.argv.length - 2 ? 1n : 0n;
const decompressHandlers = await loadDecompressHandlers();
let bad = 0;
for (const name of names) {
  const file = await open(name, "r");
  const indexed = await McapIndexedReader.Initialize({ readable: new FileHandleReadable(file), decompressHandlers });
  let count = control;
  let start = 0n;
  let end = 0n;
  for await (const message of indexed.readMessages()) {
    if (count === control) start = message.logTime;
    end = message.logTime;
    count++;
  }
  await file.close();
  let streamed = control;
  const stream = new McapStreamReader({ decompressHandlers, validateCrcs: true });
  stream.append(await readFile(name));
  for (let record; (record = stream.nextRecord()); ) {
    if (record.type === "Message") streamed++;
  }
  const s = indexed.statistics;
  if (count !== s.messageCount || streamed !== count || start !== s.messageStartTime || end !== s.messageEndTime) {
    console.log(`mcap: ${name}: ${count} messages by the index, ${streamed} by a stream, from ${start} to ${end};`,
      `the statistics have ${s.messageCount} from ${s.messageStartTime} to ${s.messageEndTime}`);
    bad++;
  }
}
console.log(`mcap: @mcap/core agrees with the statistics of ${names.length - bad} of ${names.length} recordings`);
process.exit(bad > 0 ? 1 : 0);
