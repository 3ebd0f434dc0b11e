package cli

import (
	"flag"
	"path/filepath"
	"slices"
)

// The words that some flags take.
var (
	Looks    = []string{"plain", "studio"}
	Uploads  = []string{"auto", "ranges", "merged", "scatter", "full"}
	Backends = []string{"vulkan", "metal", "dx12", "gl"}
)

// Picture has the flags of the picture or the window.
type Picture struct {
	Frames            int // 0: as many as the program likes
	Offscreen, Window bool
	Size              Size
	MSAA              int
	Look              string // one of Looks
	LookGiven         bool   // by -look or -msaa; otherwise a window that the CPU draws has the cheap look
	VSync             bool
	Screenshot        string
}

// Flags adds the flags. frames and file say what the defaults of -frames and -screenshot are.
func (p *Picture) Flags(fs *flag.FlagSet, frames, file, more string) {
	p.Size = Size{1280, 720}
	fs.IntVar(&p.Frames, "frames", 0, "draw `N` frames, then exit (default: "+frames+", otherwise until the window is closed)")
	fs.BoolVar(&p.Offscreen, "offscreen", false, "draw a picture to a file instead of a window")
	fs.BoolVar(&p.Window, "window", false, "draw to a window, and fail if there is no display (default: without a display, draw offscreen)")
	fs.Var(&p.Size, "size", "draw a picture of `WxH` pixels, or a window of that size in screen units")
	fs.IntVar(&p.MSAA, "msaa", 4, "take `N` samples for each pixel, 1 or 4; "+more+"for a window that the CPU draws, the default is 1")
	fs.StringVar(&p.Look, "look", "studio",
		"draw in the `LOOK` plain or studio, which has shadows and a ground grid; "+more+"for a window that the CPU draws, the default is plain")
	fs.BoolVar(&p.VSync, "vsync", true, "let a window wait for the display")
	fs.StringVar(&p.Screenshot, "screenshot", "", "write the last frame to `FILE.png` (default with -offscreen: a new file named "+file+")")
}

// Check refuses values out of range.
func (p *Picture) Check(given map[string]bool) error {
	p.LookGiven = given["look"] || given["msaa"]
	switch {
	case p.Frames < 0 || given["frames"] && p.Frames == 0:
		return Usagef("-frames %d: want 1 or more", p.Frames)
	case p.MSAA != 1 && p.MSAA != 4:
		return Usagef("-msaa %d: want 1 or 4", p.MSAA)
	case !slices.Contains(Looks, p.Look):
		return Usagef("-look %q: want %s", p.Look, List(Looks))
	case p.Offscreen && p.Window:
		return Usagef("-offscreen and -window exclude each other: leave one of them out")
	case p.Screenshot != "" && filepath.Ext(p.Screenshot) != ".png":
		return Usagef("-screenshot %s: want a name that ends in .png", p.Screenshot)
	}
	return nil
}

// GPU has the flags of the GPU.
type GPU struct {
	Upload           string // one of Uploads
	Adapter, Backend string
	ListAdapters     bool
}

// Flags adds the flags.
func (g *GPU) Flags(fs *flag.FlagSet) {
	fs.StringVar(&g.Upload, "upload", "auto", "upload changed slots by the `STRATEGY` auto, ranges, merged, scatter or full")
	fs.StringVar(&g.Adapter, "adapter", "", "use the graphics adapter whose name contains `TEXT`")
	fs.StringVar(&g.Backend, "backend", "", "use the graphics `API` vulkan, metal, dx12 or gl")
	fs.BoolVar(&g.ListAdapters, "list-adapters", false, "list the graphics adapters, then exit")
}

// Check refuses words that the flags do not take.
func (g *GPU) Check() error {
	switch {
	case !slices.Contains(Uploads, g.Upload):
		return Usagef("-upload %q: want %s", g.Upload, List(Uploads))
	case g.Backend != "" && !slices.Contains(Backends, g.Backend):
		return Usagef("-backend %q: want %s", g.Backend, List(Backends))
	}
	return nil
}
