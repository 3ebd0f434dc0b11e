//go:build cgo

package render

import (
	"regexp"
	"strconv"

	"github.com/cogentcore/webgpu/wgpu"
)

// recordStride finds the stride of a module's records: how far apart the WGSL lays
// them out. It is asked of the compiler, who alone knows: a pipeline whose layout
// promises one byte of them is refused, with the size that the shader needs. ok is
// false where vs_main reads no records, or the answer is not understood.
func (r *Renderer) recordStride(m *wgpu.ShaderModule, o pipelineConfig) (stride int, ok bool) {
	stages := wgpu.ShaderStageVertex | wgpu.ShaderStageFragment
	records, err := newLayout(r.device, "probe", wgpu.BindGroupLayoutEntry{
		Binding: 0, Visibility: stages,
		Buffer: wgpu.BufferBindingLayout{Type: wgpu.BufferBindingTypeReadOnlyStorage, MinBindingSize: 1},
	}, uniformEntry(1, stages))
	if err != nil {
		return 0, false
	}
	defer records.Release()
	if o.layout, err = newPipelineLayout(r.device, r.firstLayout(), records); err != nil {
		return 0, false
	}
	defer o.layout.Release()
	o.fragment = ""
	p, err := r.newPipeline(m, o)
	if err == nil {
		p.Release()
		return 0, false
	}
	found := needsBytes.FindStringSubmatch(err.Error())
	if found == nil {
		return 0, false
	}
	stride, err = strconv.Atoi(found[1])
	return stride, err == nil
}

var needsBytes = regexp.MustCompile(`(?i)buffer structure size (\d+)`)
