package main

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
)

// A browser is a Chromium with processes of its own.
type browser struct {
	cmd  *exec.Cmd
	died chan struct{}
	said said
}

// flags make Chromium draw by SwiftShader, Vulkan on the CPU, and keep it from slowing pages down that it believes hidden.
var flags = strings.Fields(`--headless=new --no-sandbox --disable-gpu-sandbox --enable-unsafe-webgpu --use-webgpu-adapter=swiftshader
	--use-angle=swiftshader --use-vulkan=swiftshader --enable-features=Vulkan --disable-vulkan-surface --ignore-gpu-blocklist
	--disable-gpu-watchdog --disable-dev-shm-usage --no-first-run --no-default-browser-check --disable-extensions --disable-background-networking --disable-sync
	--disable-background-timer-throttling --disable-renderer-backgrounding --disable-backgrounding-occluded-windows
	--window-size=1280,720`)

// open starts a browser. It gets files as its descriptors from 3 on.
func open(profile string, files []*os.File, args ...string) (*browser, error) {
	name := os.Getenv("BROWSER")
	if name == "" {
		name = "chromium"
	}
	b := &browser{cmd: exec.Command(name, slices.Concat(flags, []string{"--user-data-dir=" + profile}, args)...), died: make(chan struct{})}
	b.cmd.ExtraFiles = files
	b.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	b.cmd.Stdout, b.cmd.Stderr = &b.said, &b.said
	if os.Getenv("BROWSER_LOG") != "" {
		b.cmd.Stdout, b.cmd.Stderr = os.Stderr, os.Stderr
	}
	if err := b.cmd.Start(); err != nil {
		return nil, fmt.Errorf("%w: install Chromium (apt-get install chromium), or name a browser in BROWSER", err)
	}
	go func() { b.cmd.Wait(); close(b.died) }()
	return b, nil
}

// kill ends all processes of the browser.
func (b *browser) kill() {
	syscall.Kill(-b.cmd.Process.Pid, syscall.SIGKILL)
	<-b.died
}

// said keeps the end of what the browser printed.
type said struct {
	mu   sync.Mutex
	text []byte
}

func (s *said) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text = append(s.text, b...)
	s.text = s.text[max(0, len(s.text)-4000):]
	return len(b), nil
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return string(s.text)
}
