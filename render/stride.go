//go:build cgo || js

package render

import (
	"regexp"
	"strconv"

	"github.com/cogentcore/webgpu/wgpu"
)

// recordStride returns how many bytes a record has in WGSL. Only the compiler knows: asked for a pipeline whose layout
// promises one byte of records, it answers with an error that has the size. ok is false if vs_main reads no records, or
// if the error says something else.
func (r *Renderer) recordStride(m *wgpu.ShaderModule, cfg pipelineConfig) (stride int, ok bool) {
	stages := wgpu.ShaderStageVertex | wgpu.ShaderStageFragment
	records, err := newLayout(r.device, "probe", wgpu.BindGroupLayoutEntry{
		Binding: 0, Visibility: stages,
		Buffer: wgpu.BufferBindingLayout{Type: wgpu.BufferBindingTypeReadOnlyStorage, MinBindingSize: 1},
	}, uniformEntry(1, stages))
	if err != nil {
		return 0, false
	}
	defer records.Release()
	if cfg.layout, err = newPipelineLayout(r.device, r.sceneLayout(), records); err != nil {
		return 0, false
	}
	defer cfg.layout.Release()
	cfg.fragment = ""
	p, err := r.newPipeline(m, cfg)
	if err == nil {
		p.Release()
		return 0, false
	}
	found := needsBytes.FindStringSubmatch(err.Error())
	if found == nil {
		return 0, false
	}
	stride, err = strconv.Atoi(found[1] + found[2]) // wgpu's words, or those of Chromium
	return stride, err == nil
}

var needsBytes = regexp.MustCompile(`(?i)buffer structure size (\d+)|uses more bytes of the buffer \((\d+)\)`)
