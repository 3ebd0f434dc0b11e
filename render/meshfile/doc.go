// Package meshfile reads meshes from files: glTF 2.0 (.gltf and .glb), STL (text and binary), OBJ with MTL, and PLY
// (text and binary).
//
//	model, err := meshfile.Load("robot.glb")
//	model.Transform(meshfile.ZUp)       // for a file in which z is up
//	mesh, err := model.Mesh(device)     // everything in the file as one mesh
//	link := model.Parts[3]              // or each part by itself
//	mesh, err = render.NewMesh(device, link.Vertices, link.Indices)
//
// # What is read
//
// Triangles and polygons, with normals and colours. A colour is the product of the material's base colour, its texture
// and the vertex's colour. The texture is read at the corners of triangles only, and blended between them: a picture
// on two large triangles becomes a gradient. Textures are PNG or JPEG.
//
// A surface that is missing its normals gets them. glTF and STL say that such a surface is flat. In OBJ and PLY,
// edges of less than 40° become smooth.
//
// Of glTF, skins are drawn in the pose that the nodes have, and a double-sided material gets a second set of triangles
// that face the other way.
//
// # What is not read
//
// Transparency, metalness and the other properties of materials, animations, cameras and lights are left out, and so
// are points and lines. Package render draws opaque surfaces, so every colour has an alpha of 1.
//
// What would make the picture wrong is an error: an extension that a glTF file requires and this package does not know
// (KHR_draco_mesh_compression, for example), morph targets that are not at rest, curves, and files that are not found.
//
// # Hostile files
//
// No number in a file leads to an allocation before the bytes that it counts have been seen. Textures are compressed:
// each may have 1,200 pixels for each byte of its file, and 64 million at most. A model has at most 9 million vertices
// and 60 million indices. Load opens no file outside of the model's folder.
package meshfile
