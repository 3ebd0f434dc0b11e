package convert

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// The messages of Foxglove's schemas that the file has, and all that they contain. Each field stands at its number,
// from 1 on. "*" marks a repeated field. See https://docs.foxglove.dev/docs/sdk/schemas; .ci/mcap compares the table
// with the package that Foxglove publishes.
var messages = []struct {
	name   string
	fields []field
}{
	{"Vector3", []field{{"x", "double"}, {"y", "double"}, {"z", "double"}}},
	{"Point3", []field{{"x", "double"}, {"y", "double"}, {"z", "double"}}},
	{"Quaternion", []field{{"x", "double"}, {"y", "double"}, {"z", "double"}, {"w", "double"}}},
	{"Pose", []field{{"position", "Vector3"}, {"orientation", "Quaternion"}}},
	{"Color", []field{{"r", "double"}, {"g", "double"}, {"b", "double"}, {"a", "double"}}},
	{"KeyValuePair", []field{{"key", "string"}, {"value", "string"}}},

	{"FrameTransform", []field{{"timestamp", "Timestamp"}, {"parent_frame_id", "string"}, {"child_frame_id", "string"},
		{"translation", "Vector3"}, {"rotation", "Quaternion"}}},
	{"FrameTransforms", []field{{"transforms", "*FrameTransform"}}},
	{"PosesInFrame", []field{{"timestamp", "Timestamp"}, {"frame_id", "string"}, {"poses", "*Pose"}}},

	{"PackedElementField", []field{{"name", "string"}, {"offset", "fixed32"}, {"type", "PackedElementField.NumericType"}}},
	{"PointCloud", []field{{"timestamp", "Timestamp"}, {"frame_id", "string"}, {"pose", "Pose"}, {"point_stride", "fixed32"},
		{"fields", "*PackedElementField"}, {"data", "bytes"}}},

	{"ArrowPrimitive", []field{{"pose", "Pose"}, {"shaft_length", "double"}, {"shaft_diameter", "double"},
		{"head_length", "double"}, {"head_diameter", "double"}, {"color", "Color"}}},
	{"CubePrimitive", []field{{"pose", "Pose"}, {"size", "Vector3"}, {"color", "Color"}}},
	{"SpherePrimitive", []field{{"pose", "Pose"}, {"size", "Vector3"}, {"color", "Color"}}},
	{"CylinderPrimitive", []field{{"pose", "Pose"}, {"size", "Vector3"}, {"bottom_scale", "double"}, {"top_scale", "double"},
		{"color", "Color"}}},
	{"LinePrimitive", []field{{"type", "LinePrimitive.Type"}, {"pose", "Pose"}, {"thickness", "double"}, {"scale_invariant", "bool"},
		{"points", "*Point3"}, {"color", "Color"}, {"colors", "*Color"}, {"indices", "*fixed32"}}},
	{"TriangleListPrimitive", []field{{"pose", "Pose"}, {"points", "*Point3"}, {"color", "Color"}, {"colors", "*Color"},
		{"indices", "*fixed32"}}},
	{"TextPrimitive", []field{{"pose", "Pose"}, {"billboard", "bool"}, {"font_size", "double"}, {"scale_invariant", "bool"},
		{"color", "Color"}, {"text", "string"}}},
	{"ModelPrimitive", []field{{"pose", "Pose"}, {"scale", "Vector3"}, {"color", "Color"}, {"override_color", "bool"},
		{"url", "string"}, {"media_type", "string"}, {"data", "bytes"}}},
	{"SceneEntityDeletion", []field{{"timestamp", "Timestamp"}, {"type", "SceneEntityDeletion.Type"}, {"id", "string"}}},
	{"SceneEntity", []field{{"timestamp", "Timestamp"}, {"frame_id", "string"}, {"id", "string"}, {"lifetime", "Duration"},
		{"frame_locked", "bool"}, {"metadata", "*KeyValuePair"}, {"arrows", "*ArrowPrimitive"}, {"cubes", "*CubePrimitive"},
		{"spheres", "*SpherePrimitive"}, {"cylinders", "*CylinderPrimitive"}, {"lines", "*LinePrimitive"},
		{"triangles", "*TriangleListPrimitive"}, {"texts", "*TextPrimitive"}, {"models", "*ModelPrimitive"}}},
	{"SceneUpdate", []field{{"deletions", "*SceneEntityDeletion"}, {"entities", "*SceneEntity"}}},
}

type field struct{ name, kind string }

// enums has the values of the enumerations by their names, from 0 on.
var enums = map[string][]string{
	"SceneEntityDeletion.Type":       {"MATCHING_ID", "ALL"},
	"LinePrimitive.Type":             {"LINE_STRIP", "LINE_LOOP", "LINE_LIST"},
	"PackedElementField.NumericType": {"UNKNOWN", "UINT8", "INT8", "UINT16", "INT16", "UINT32", "INT32", "FLOAT32", "FLOAT64"},
}

// Values of the enumerations that messages have.
const (
	lineList = 2
	uint8s   = 1
	float32s = 7
)

// schemas returns the FileDescriptorSet that describes all messages. It is the schema of each channel: a channel's
// schema name tells which of the messages it has.
func schemas() ([]byte, error) {
	file := &descriptorpb.FileDescriptorProto{
		Name: proto.String("foxglove.proto"), Package: proto.String("foxglove"), Syntax: proto.String("proto3"),
		Dependency: []string{"google/protobuf/duration.proto", "google/protobuf/timestamp.proto"},
	}
	for _, m := range messages {
		d := &descriptorpb.DescriptorProto{Name: proto.String(m.name)}
		for i, f := range m.fields {
			d.Field = append(d.Field, f.descriptor(int32(i+1)))
			if values, ok := enums[f.kind]; ok {
				d.EnumType = append(d.EnumType, enumeration(f.kind[len(m.name)+1:], values))
			}
		}
		file.MessageType = append(file.MessageType, d)
	}
	return proto.MarshalOptions{Deterministic: true}.Marshal(&descriptorpb.FileDescriptorSet{File: []*descriptorpb.FileDescriptorProto{
		protodesc.ToFileDescriptorProto(durationpb.File_google_protobuf_duration_proto),
		protodesc.ToFileDescriptorProto(timestamppb.File_google_protobuf_timestamp_proto),
		file,
	}})
}

var scalars = map[string]descriptorpb.FieldDescriptorProto_Type{
	"double": descriptorpb.FieldDescriptorProto_TYPE_DOUBLE, "string": descriptorpb.FieldDescriptorProto_TYPE_STRING,
	"bool": descriptorpb.FieldDescriptorProto_TYPE_BOOL, "bytes": descriptorpb.FieldDescriptorProto_TYPE_BYTES,
	"fixed32": descriptorpb.FieldDescriptorProto_TYPE_FIXED32,
}

func (f field) descriptor(number int32) *descriptorpb.FieldDescriptorProto {
	d := &descriptorpb.FieldDescriptorProto{
		Name: proto.String(f.name), Number: proto.Int32(number), Label: descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum(),
	}
	kind := f.kind
	if kind[0] == '*' {
		kind, d.Label = kind[1:], descriptorpb.FieldDescriptorProto_LABEL_REPEATED.Enum()
	}
	if scalar, ok := scalars[kind]; ok {
		d.Type = scalar.Enum()
		return d
	}
	d.Type, d.TypeName = descriptorpb.FieldDescriptorProto_TYPE_MESSAGE.Enum(), proto.String(".foxglove."+kind)
	if kind == "Timestamp" || kind == "Duration" {
		d.TypeName = proto.String(".google.protobuf." + kind)
	}
	if _, ok := enums[kind]; ok {
		d.Type = descriptorpb.FieldDescriptorProto_TYPE_ENUM.Enum()
	}
	return d
}

func enumeration(name string, values []string) *descriptorpb.EnumDescriptorProto {
	e := &descriptorpb.EnumDescriptorProto{Name: proto.String(name)}
	for i, v := range values {
		e.Value = append(e.Value, &descriptorpb.EnumValueDescriptorProto{Name: proto.String(v), Number: proto.Int32(int32(i))})
	}
	return e
}
