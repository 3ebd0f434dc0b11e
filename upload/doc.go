// Package upload keeps GPU storage buffers equal to an arena's mirror, at close to the cost of copying the
// bytes that changed.
package upload
