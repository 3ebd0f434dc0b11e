// Package render draws arenas of transforms: one instanced draw for each GPU
// page of an arena, into a window (package window) or an offscreen picture.
package render
