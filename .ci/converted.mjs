// Checks files of slotview convert: see mcap, the script beside this file. The .proto files are made from the package that
// Foxglove publishes, and the file's own descriptors must say the same.
import { open, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { McapIndexedReader } from "@mcap/core";
import { FileHandleReadable } from "@mcap/nodejs";
import { loadDecompressHandlers } from "@mcap/support";

const require = createRequire(import.meta.url);
const protobuf = require("protobufjs");
require("protobufjs/ext/descriptor");
const { FileDescriptorSet } = require("protobufjs/ext/descriptor");
const { foxgloveMessageSchemas, foxgloveEnumSchemas, generateProto } = require("@foxglove/schemas/internal");

const published = new protobuf.Root();
for (const name of ["google/protobuf/timestamp.proto", "google/protobuf/duration.proto"]) published.addJSON(protobuf.common.get(name).nested);
for (const schema of Object.values(foxgloveMessageSchemas)) {
  const enums = Object.values(foxgloveEnumSchemas).filter((e) => e.parentSchemaName === schema.name);
  protobuf.parse(generateProto(schema, enums), published, { keepCase: true });
}
published.resolveAll();

const names = process.argv.slice(2).filter((name) => name !== "--control");
const control = names.length < process.argv.length - 2;
const decompressHandlers = await loadDecompressHandlers();
let bad = 0;

// described compares a type of the file's descriptors, and all types that it contains, with the published one.
function described(own, theirs, seen = new Set()) {
  if (seen.has(own.fullName)) return;
  seen.add(own.fullName);
  if (own instanceof protobuf.Enum) {
    const [a, b] = [own, theirs].map((e) => JSON.stringify(Object.entries(e.values).sort()));
    if (a !== b) throw new Error(`${own.fullName} is ${a}, want ${b}`);
    return;
  }
  const text = (type) => type.fieldsArray.map((f) => `${f.id} ${f.name} ${f.repeated} ${f.resolvedType ? f.resolvedType.fullName : f.type}`).join(", ");
  if (text(own) !== text(theirs)) throw new Error(`${own.fullName} is ${text(own)}, want ${text(theirs)}`);
  for (const f of own.fieldsArray) if (f.resolve().resolvedType) described(f.resolvedType, theirs.fields[f.name].resolvedType, seen);
}

const list = (v, keys) => [...keys].map((k) => v[k]);
const pose = (p) => ({ place: list(p.position, "xyz"), turn: list(p.orientation, "xyzw") });
const solid = (b) => ({ ...pose(b.pose), size: list(b.size, "xyz"), color: list(b.color, "rgba") });
const stamp = (t) => BigInt(t.seconds.toString()) * 1000000000n + BigInt(t.nanos);

// plain returns a message as convert_test.go describes it.
function plain(name, m) {
  switch (name) {
    case "foxglove.FrameTransforms":
      return { time: stamp(m.transforms[0].timestamp), frame: m.transforms.map((t) => `${t.parent_frame_id} ${t.child_frame_id}`).join(),
        poses: m.transforms.map((t) => pose({ position: t.translation, orientation: t.rotation })) };
    case "foxglove.SceneUpdate": {
      const [e] = m.entities;
      if (m.deletions.length === 1 && m.entities.length === 0 && m.deletions[0].type === 0) return { time: stamp(m.deletions[0].timestamp), frame: "", gone: m.deletions[0].id };
      if (m.entities.length !== 1 || m.deletions.length > 0 || e.id !== e.frame_id) throw new Error(`${m.entities.length} entities, ${e.id} in ${e.frame_id}`);
      return { time: stamp(e.timestamp), frame: e.frame_id, cubes: e.cubes.map(solid), balls: e.spheres.map(solid), lines: e.lines.map((l) => ({
        thickness: l.thickness, pixels: l.scale_invariant, points: l.points.map((p) => list(p, "xyz")), colors: l.colors.map((c) => list(c, "rgba")) })) };
    }
    case "foxglove.PosesInFrame":
      return { time: stamp(m.timestamp), frame: m.frame_id, poses: m.poses.map(pose) };
    case "foxglove.PointCloud": {
      const at = Object.fromEntries(m.fields.map((f) => [f.name, f.offset]));
      const points = [];
      const data = Buffer.from(m.data);
      for (let i = 0; i < data.length; i += m.point_stride) {
        points.push({ place: ["x", "y", "z"].map((k) => data.readFloatLE(i + at[k])), color: ["red", "green", "blue", "alpha"].map((k) => data[i + at[k]] / 255) });
      }
      return { time: stamp(m.timestamp), frame: m.frame_id, points };
    }
  }
  throw new Error(`a message ${name}`);
}

function near(got, want, by, what) {
  if (!want.every((w, i) => Math.abs(got[i] - w) <= by * Math.max(1, Math.abs(w)))) throw new Error(`${what} ${got}, want ${want}`);
}

function compare(got, want) {
  let values = 0;
  if (got.time !== want.time || got.frame !== want.frame || (got.gone ?? "") !== (want.gone ?? "")) throw new Error(`at ${got.time} in ${got.frame}, want ${want.time} in ${want.frame}`);
  for (const kind of ["cubes", "balls", "poses", "points"]) {
    const [g, w] = [got[kind] ?? [], want[kind] ?? []];
    if (g.length !== w.length) throw new Error(`${g.length} ${kind}, want ${w.length}`);
    g.forEach((x, i) => {
      near(x.place, w[i].place, 0, "place");
      if (x.turn) {
        const sign = x.turn.reduce((dot, q, k) => dot + q * w[i].turn[k], 0) < 0 ? -1 : 1; // q and -q are one turn
        near(x.turn.map((q) => sign * q), w[i].turn, 1e-6, "turn");
      }
      if (x.size) near(x.size, w[i].size, 1e-6, "size");
      if (x.color) near(x.color, w[i].color, 1e-6, "color");
      values++;
    });
  }
  const [g, w] = [got.lines ?? [], want.lines ?? []];
  if (g.length !== w.length) throw new Error(`${g.length} kinds of lines, want ${w.length}`);
  g.forEach((x, i) => {
    if (x.thickness !== w[i].thickness || x.pixels !== w[i].pixels || x.points.length !== w[i].points.length) throw new Error("lines differ");
    near(x.points.flat(), w[i].points.flat(), 0, "points");
    near(x.colors.flat(), w[i].colors.flat(), 1e-6, "colors");
    values += x.points.length / 2;
  });
  return values;
}

let values = 0;
for (const name of names) {
  const file = await open(name, "r");
  const reader = await McapIndexedReader.Initialize({ readable: new FileHandleReadable(file), decompressHandlers });
  const text = await readFile(name.replace(/mcap$/, "json"), "utf8");
  const want = JSON.parse(text.replace(/"time":(\d+)/g, '"time":"$1"')).map((m) => ({ ...m, time: BigInt(m.time) }));
  if (control) want[1] = { ...want[1], ...spoiled(want[1]) };
  const types = new Map();
  let n = 0;
  try {
    for await (const message of reader.readMessages()) {
      const channel = reader.channelsById.get(message.channelId);
      const schema = reader.schemasById.get(channel.schemaId);
      if (!types.has(schema.id)) {
        const own = protobuf.Root.fromDescriptor(FileDescriptorSet.decode(schema.data));
        own.resolveAll();
        const [a, b] = [own, published].map((root) => root.lookupType(schema.name));
        described(a, b);
        types.set(schema.id, b);
      }
      const type = types.get(schema.id);
      const decoded = type.toObject(type.decode(message.data), { defaults: true });
      if (channel.topic !== want[n].topic || message.logTime !== want[n].time) throw new Error(`${channel.topic} at ${message.logTime}`);
      values += compare(plain(schema.name, decoded), want[n++]);
    }
    if (n !== want.length) throw new Error(`${n} messages, want ${want.length}`);
  } catch (e) {
    console.log(`converted: ${name}: message ${n}: ${e.message}`);
    bad++;
  }
  await file.close();
}
console.log(`converted: ${names.length - bad} of ${names.length} files hold what they must, ${values} bodies, lines and points, by @mcap/core and @foxglove/schemas`);
process.exit(bad > 0 ? 1 : 0);

// spoiled returns the message with one quaternion in the order w, x, y, z, or one line or point elsewhere.
function spoiled(m) {
  for (const kind of ["cubes", "balls"]) {
    if (m[kind]) return { [kind]: m[kind].map((s, i) => (i === 9 ? { ...s, turn: [s.turn[3], ...s.turn.slice(0, 3)] } : s)) };
  }
  if (m.points) return { points: m.points.map((s, i) => (i === 9 ? { ...s, place: [0, 0, 0] } : s)) };
  return { lines: m.lines.map((l) => ({ ...l, thickness: l.thickness / 2 })) };
}
